package io.firstresponse.job.domain;

import java.util.Arrays;

/** A list of ints. When it is cleared after a peak, it gives its memory back. */
final class Numbers {

  private static final int KEPT = 1 << 16;

  private int[] numbers = new int[16];
  private int size;

  int size() {
    return size;
  }

  int get(int i) {
    return numbers[i];
  }

  int removeLast() {
    return numbers[--size];
  }

  void add(int number) {
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, size * 2);
    }
    numbers[size++] = number;
  }

  void addAll(int[] more, int count) {
    if (size + count > numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.max(size * 2, size + count));
    }
    System.arraycopy(more, 0, numbers, size, count);
    size += count;
  }

  void clear() {
    size = 0;
    if (numbers.length > KEPT) {
      numbers = new int[16];
    }
  }

  Numbers copy() {
    Numbers copy = new Numbers();
    copy.addAll(numbers, size);
    return copy;
  }
}
