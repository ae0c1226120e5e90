package io.firstresponse.connectors.postgres;

import java.nio.ByteBuffer;

/**
 * A one-dimensional array in PostgreSQL's binary format, as a parameter of {@code unnest}. Values
 * pass through unchanged: a timestamp stays a 64-bit integer all the way, so nothing is rounded.
 */
final class BinaryArray {

  private static final int HEADER = 5 * Integer.BYTES;
  private static final int NULL_LENGTH = -1;

  private final int elementOid;
  private ByteBuffer bytes;
  private int elements;
  private boolean nulls;

  /**
   * @param elementOid the object id of the element's type
   * @param expected how many elements to make room for, each of a long's size
   */
  BinaryArray(int elementOid, int expected) {
    this.elementOid = elementOid;
    this.bytes = ByteBuffer.allocate(HEADER + expected * (Integer.BYTES + Long.BYTES));
    bytes.position(HEADER);
  }

  void addNull() {
    element(NULL_LENGTH, 0);
    nulls = true;
  }

  void addLong(long value) {
    element(Long.BYTES, Long.BYTES);
    bytes.putLong(value);
  }

  void addBoolean(boolean value) {
    element(1, 1);
    bytes.put((byte) (value ? 1 : 0));
  }

  void addBytes(byte[] value) {
    element(value.length, value.length);
    bytes.put(value);
  }

  /** The array as PostgreSQL reads it. Nothing may be added afterwards. */
  byte[] toBytes() {
    int length = bytes.position();
    bytes.position(0);
    bytes.putInt(1).putInt(nulls ? 1 : 0).putInt(elementOid).putInt(elements).putInt(1);
    byte[] result = new byte[length];
    bytes.get(0, result);
    return result;
  }

  private void element(int declaredLength, int length) {
    long needed = (long) bytes.position() + Integer.BYTES + length;
    if (needed > bytes.capacity()) {
      long grown = Math.min(Integer.MAX_VALUE - 8, Math.max(needed, bytes.capacity() * 2L));
      bytes = ByteBuffer.allocate(Math.toIntExact(grown)).put(bytes.flip());
    }
    bytes.putInt(declaredLength);
    elements++;
  }
}
