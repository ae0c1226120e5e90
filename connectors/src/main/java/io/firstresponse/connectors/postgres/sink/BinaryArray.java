package io.firstresponse.connectors.postgres.sink;

import java.nio.ByteBuffer;

/** A one-dimensional array in PostgreSQL's binary format, as a parameter of {@code unnest}. */
final class BinaryArray extends BinaryValues {

  private static final int HEADER = 5 * Integer.BYTES;

  private final int elementOid;

  /**
   * @param elementOid the object id of the element's type
   * @param expected how many elements are expected, each of a long's size
   */
  BinaryArray(int elementOid, int expected) {
    super(HEADER + expected * (Integer.BYTES + Long.BYTES));
    this.elementOid = elementOid;
    reserve(0).position(HEADER);
  }

  /** The array as PostgreSQL reads it. Nothing may be added afterwards. */
  byte[] toBytes() {
    byte[] result = written();
    ByteBuffer.wrap(result)
        .putInt(1)
        .putInt(hasNulls() ? 1 : 0)
        .putInt(elementOid)
        .putInt(count())
        .putInt(1);
    return result;
  }
}
