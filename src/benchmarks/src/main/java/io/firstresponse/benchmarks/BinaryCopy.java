package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.Message;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Rows on their way into a table through COPY in binary format, which costs both sides least. */
final class BinaryCopy {

  /** PostgreSQL counts from 2000-01-01T00:00:00Z. */
  static final long EPOCH_MICROS = 946_684_800_000_000L;

  private static final byte[] SIGNATURE =
      "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int MOST_BYTES_A_ROW = 128;

  private final CopyIn copy;
  private final ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);

  /**
   * Begins a COPY.
   *
   * @param target table and columns
   */
  BinaryCopy(Connection connection, String target) throws SQLException {
    copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("copy " + target + " from stdin (format binary)");
    bytes.put(SIGNATURE).putInt(0).putInt(0);
  }

  /** Begins a row of so many columns. */
  BinaryCopy row(int columns) throws SQLException {
    if (bytes.remaining() < MOST_BYTES_A_ROW) {
      send();
    }
    bytes.putShort((short) columns);
    return this;
  }

  BinaryCopy bigint(long value) {
    bytes.putInt(Long.BYTES).putLong(value);
    return this;
  }

  /** A {@code timestamptz}, in microseconds since 1970. */
  BinaryCopy timestamp(long micros) {
    return bigint(micros - EPOCH_MICROS);
  }

  BinaryCopy bool(boolean value) {
    bytes.putInt(1).put((byte) (value ? 1 : 0));
    return this;
  }

  BinaryCopy none() {
    bytes.putInt(-1);
    return this;
  }

  /** A row {@code (a, b, ts, direct)}. */
  void message(Message message) throws SQLException {
    row(4).bigint(message.a()).bigint(message.b()).timestamp(message.ts()).bool(message.direct());
  }

  /** Ends the COPY; outside a transaction, this commits it. */
  void end() throws SQLException {
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
