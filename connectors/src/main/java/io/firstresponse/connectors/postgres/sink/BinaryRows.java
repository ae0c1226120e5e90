package io.firstresponse.connectors.postgres.sink;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Rows in the format of {@code COPY ... FROM STDIN (FORMAT binary)}. */
final class BinaryRows extends BinaryValues {

  private static final byte[] SIGNATURE =
      "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final short END = -1;

  /**
   * @param rows how many rows are expected
   * @param columns how many columns each has, most of them of a long's size
   */
  BinaryRows(int rows, int columns) {
    super(32 + rows * (Short.BYTES + columns * (Integer.BYTES + Long.BYTES)));
    // The flags, and the length of the header's extension.
    reserve(SIGNATURE.length + 2 * Integer.BYTES).put(SIGNATURE).putInt(0).putInt(0);
  }

  /** Begins a row. */
  void begin(int columns) {
    reserve(Short.BYTES).putShort((short) columns);
  }

  /**
   * Sends the rows. Nothing may be added afterwards.
   *
   * @param copy the statement
   */
  void send(Connection connection, String copy) throws SQLException {
    reserve(Short.BYTES).putShort(END);
    byte[] bytes = written();
    CopyIn sending = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy);
    try {
      sending.writeToCopy(bytes, 0, bytes.length);
      sending.endCopy();
    } catch (SQLException e) {
      cancel(sending, e);
      throw e;
    }
  }

  /** Ends the COPY, so that the connection can be used again. */
  private static void cancel(CopyIn sending, SQLException failure) {
    try {
      if (sending.isActive()) {
        sending.cancelCopy();
      }
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }
}
