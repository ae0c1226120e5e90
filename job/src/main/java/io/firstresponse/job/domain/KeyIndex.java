package io.firstresponse.job.domain;

/**
 * Finds the waiting messages of a key. It is a hash table with open addressing that holds the first
 * message of each key; the others are linked to it. The key itself is read from the message.
 */
final class KeyIndex {

  private static final int NONE = MessagePages.NONE;
  private static final int FIRST_CAPACITY = 8;

  private final MessagePages messages;
  private final ResponseMode mode;
  // For each key: 1 plus the number of its first message; 0 for a free slot.
  private int[] table = new int[FIRST_CAPACITY];
  private int keys;

  KeyIndex(MessagePages messages, ResponseMode mode) {
    this.messages = messages;
    this.mode = mode;
  }

  /** A copy that shares nothing, for a copy of the messages. */
  KeyIndex copy(MessagePages others) {
    KeyIndex copy = new KeyIndex(others, mode);
    copy.table = table.clone();
    copy.keys = keys;
    return copy;
  }

  ResponseMode mode() {
    return mode;
  }

  /** The first message of a key, or none. */
  int first(long b, long a) {
    return table[slot(b, a)] - 1;
  }

  void add(int number) {
    int slot = slot(messages.b(number), messages.a(number));
    if (table[slot] == 0) {
      keys++;
    }
    messages.linkOfKey(number, table[slot] - 1);
    table[slot] = number + 1;
    if (4 * keys > 3 * table.length) {
      resize(table.length * 2);
    }
  }

  /**
   * Replaces the messages of a key.
   *
   * @param kept the numbers of those that stay; if it is empty, the key is removed
   */
  void replace(long b, long a, Numbers kept) {
    int slot = slot(b, a);
    int count = kept.size();
    if (count > 0) {
      table[slot] = kept.get(0) + 1;
      for (int i = 0; i < count; i++) {
        messages.linkOfKey(kept.get(i), i + 1 < count ? kept.get(i + 1) : NONE);
      }
    } else if (table[slot] != 0) {
      remove(slot);
      if (table.length > FIRST_CAPACITY && 8 * keys < table.length) {
        resize(table.length / 2);
      }
    }
  }

  /** Frees a slot, and moves later entries forward so that they are still found. */
  private void remove(int slot) {
    int mask = table.length - 1;
    keys--;
    int gap = slot;
    for (int at = (gap + 1) & mask; table[at] != 0; at = (at + 1) & mask) {
      if (((at - home(table[at] - 1)) & mask) >= ((at - gap) & mask)) {
        table[gap] = table[at];
        gap = at;
      }
    }
    table[gap] = 0;
  }

  private void resize(int capacity) {
    int[] before = table;
    table = new int[capacity];
    for (int entry : before) {
      if (entry != 0) {
        table[slot(messages.b(entry - 1), messages.a(entry - 1))] = entry;
      }
    }
  }

  private int home(int number) {
    return home(messages.b(number), messages.a(number));
  }

  private int home(long b, long a) {
    return (int) Shards.mix(mode, b, a) & (table.length - 1);
  }

  private int slot(long b, long a) {
    int mask = table.length - 1;
    int slot = home(b, a);
    while (table[slot] != 0 && !isKey(table[slot] - 1, b, a)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean isKey(int number, long b, long a) {
    return messages.b(number) == b && (mode == ResponseMode.ANY_AGENT || messages.a(number) == a);
  }
}
