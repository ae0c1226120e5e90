package io.firstresponse.connectors.postgres.sink;

import java.nio.ByteBuffer;

/**
 * Values in PostgreSQL's binary format, each after its length. Timestamps are 64-bit integers, so
 * nothing is rounded.
 */
abstract class BinaryValues {

  private static final int NULL_LENGTH = -1;

  private ByteBuffer bytes;
  private int count;
  private boolean nulls;

  /**
   * @param capacity the first capacity in bytes; it grows
   */
  BinaryValues(int capacity) {
    this.bytes = ByteBuffer.allocate(capacity);
  }

  final void addNull() {
    value(NULL_LENGTH, 0);
    nulls = true;
  }

  final void addLong(long value) {
    value(Long.BYTES, Long.BYTES);
    bytes.putLong(value);
  }

  final void addBoolean(boolean value) {
    value(1, 1);
    bytes.put((byte) (value ? 1 : 0));
  }

  final void addBytes(byte[] value) {
    value(value.length, value.length);
    bytes.put(value);
  }

  private void value(int declaredLength, int length) {
    reserve(Integer.BYTES + length);
    bytes.putInt(declaredLength);
    count++;
  }

  /** How many values there are, nulls included. */
  final int count() {
    return count;
  }

  final boolean hasNulls() {
    return nulls;
  }

  /** The buffer, with room for so many more bytes. */
  final ByteBuffer reserve(int more) {
    long needed = (long) bytes.position() + more;
    if (needed > bytes.capacity()) {
      long grown = Math.min(Integer.MAX_VALUE - 8, Math.max(needed, bytes.capacity() * 2L));
      bytes = ByteBuffer.allocate(Math.toIntExact(grown)).put(bytes.flip());
    }
    return bytes;
  }

  /** All that has been written. */
  final byte[] written() {
    byte[] result = new byte[bytes.position()];
    bytes.get(0, result);
    return result;
  }
}
