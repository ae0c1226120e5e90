package io.firstresponse.benchmarks.setup;

import io.firstresponse.job.domain.Message;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Writes rows into a table by COPY in binary format, the cheapest way for client and server. */
public final class BinaryCopy {

  /** PostgreSQL's epoch, 2000-01-01T00:00:00Z, in microseconds since 1970. */
  public static final long EPOCH_MICROS = 946_684_800_000_000L;

  private static final byte[] SIGNATURE =
      "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int MOST_BYTES_A_ROW = 128;

  private final CopyIn copy;
  private final ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);

  /**
   * Begins a COPY.
   *
   * @param target the table and its columns
   */
  public BinaryCopy(Connection connection, String target) throws SQLException {
    copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("copy " + target + " from stdin (format binary)");
    bytes.put(SIGNATURE).putInt(0).putInt(0);
  }

  /** Begins a row with this number of columns. */
  public BinaryCopy row(int columns) throws SQLException {
    if (bytes.remaining() < MOST_BYTES_A_ROW) {
      send();
    }
    bytes.putShort((short) columns);
    return this;
  }

  public BinaryCopy bigint(long value) {
    bytes.putInt(Long.BYTES).putLong(value);
    return this;
  }

  /** Adds a {@code timestamptz}, given in microseconds since 1970. */
  public BinaryCopy timestamp(long micros) {
    return bigint(micros - EPOCH_MICROS);
  }

  BinaryCopy bool(boolean value) {
    bytes.putInt(1).put((byte) (value ? 1 : 0));
    return this;
  }

  public BinaryCopy none() {
    bytes.putInt(-1);
    return this;
  }

  /** Adds a row {@code (a, b, ts, direct)}. */
  public void message(Message message) throws SQLException {
    row(4).bigint(message.a()).bigint(message.b()).timestamp(message.ts()).bool(message.direct());
  }

  /** Ends the COPY. Outside a transaction this commits the rows. */
  public void end() throws SQLException {
    if (bytes.remaining() < Short.BYTES) {
      send();
    }
    bytes.putShort((short) -1);
    send();
    copy.endCopy();
  }

  private void send() throws SQLException {
    copy.writeToCopy(bytes.array(), 0, bytes.position());
    bytes.clear();
  }
}
