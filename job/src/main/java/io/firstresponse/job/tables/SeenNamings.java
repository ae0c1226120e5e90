package io.firstresponse.job.tables;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.firstresponse.job.domain.Naming;

/**
 * Remembers the ids and names that a writer has passed on, so that not every message costs a row.
 * It has hashes only: 16 bytes for each id, 32 if there are names, and grows with the number of ids
 * up to a limit. When it is full, an id replaces another one, which is passed on again when it
 * comes again, and no id is known to be new.
 *
 * <p>An id is found by its key and by a second hash of its text. So another text with the same key
 * is not taken for one that was seen, and the table decides.
 */
final class SeenNamings {

  /** Two million ids: 32 MB, or 64 MB with names. */
  static final int MAX_SLOTS = 1 << 21;

  /** The slots that are looked at for an id when all may be used. */
  private static final int WAYS = 8;

  private static final int FIRST_SLOTS = 1 << 10;

  /** Not that of the keys, so that texts with one key differ here. */
  private static final Hasher64 SECOND_HASH = Hashing.komihash5_0();

  private static final long NONE = 0;

  /** What is new in a naming. */
  enum News {
    /** The id has not been seen. */
    NEW,
    /** The id, or its name, has to be passed on. */
    CHANGE,
    /** The name is the one that was passed on, at a later time. */
    LATER,
    /** Nothing. */
    NOTHING
  }

  private final int maxSlots;
  private long[] keys = new long[FIRST_SLOTS];
  // Second hashes of the ids; NONE in a free slot.
  private long[] ids = new long[FIRST_SLOTS];
  // Hashes of the latest names, NONE without one, and their times. Empty until there is a name.
  private long[] names = {};
  private long[] times = {};
  private int used;
  private int replaced;

  SeenNamings() {
    this(MAX_SLOTS);
  }

  /**
   * @param maxSlots the number of ids to remember at most, a power of two from 1024
   */
  SeenNamings(int maxSlots) {
    this.maxSlots = maxSlots;
  }

  /** A hash of a text, for which only equality matters. Never 0. */
  static long secondHash(String text) {
    long hash = SECOND_HASH.hashCharsToLong(text);
    return hash == NONE ? 1 : hash;
  }

  /** Takes notice of a naming, and says what is new in it. */
  News see(Naming naming) {
    long id = naming.id() == null ? 1 : secondHash(naming.id());
    int slot = slot(naming.key(), id);
    boolean isNew = ids[slot] != id || keys[slot] != naming.key();
    if (isNew) {
      slot = put(naming.key(), id);
    }
    News news =
        naming.name() == null
            ? News.NOTHING
            : seeName(slot, secondHash(naming.name()), naming.ts());
    if (isNew) {
      return isFull() ? News.CHANGE : News.NEW;
    }
    return news;
  }

  private News seeName(int slot, long name, long ts) {
    if (names.length == 0) {
      names = new long[keys.length];
      times = new long[keys.length];
    }
    if (names[slot] == NONE || ts > times[slot]) {
      boolean same = names[slot] == name;
      names[slot] = name;
      times[slot] = ts;
      return same ? News.LATER : News.CHANGE;
    }
    // Of two names at one time the table takes the greater one.
    return ts == times[slot] && names[slot] != name ? News.CHANGE : News.NOTHING;
  }

  /** The slot of an id; if it has none, a free slot for it, or the one that it replaces. */
  private int slot(long key, long id) {
    // In the high bits, so that neighbouring integers are spread.
    long mixed = (key ^ id) * 0x9E3779B97F4A7C15L;
    int mask = keys.length - 1;
    int first = (int) (mixed >>> 32) & mask;
    int looked = isFull() ? WAYS : keys.length;
    for (int i = 0; i < looked; i++) {
      int slot = (first + i) & mask;
      if (ids[slot] == NONE || (ids[slot] == id && keys[slot] == key)) {
        return slot;
      }
    }
    return (first + (replaced++ & (WAYS - 1))) & mask;
  }

  /** Whether an id may replace another one: three quarters of the slots are used. */
  private boolean isFull() {
    return used >= maxSlots / 4 * 3;
  }

  private int put(long key, long id) {
    if (used >= keys.length / 2 && keys.length < maxSlots) {
      grow();
    }
    int slot = slot(key, id);
    if (ids[slot] == NONE) {
      used++;
    }
    keys[slot] = key;
    ids[slot] = id;
    if (names.length > 0) {
      names[slot] = NONE;
      times[slot] = 0;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldIds = ids;
    long[] oldNames = names;
    long[] oldTimes = times;
    keys = new long[oldKeys.length * 2];
    ids = new long[keys.length];
    names = oldNames.length == 0 ? names : new long[keys.length];
    times = oldTimes.length == 0 ? times : new long[keys.length];
    used = 0;
    for (int old = 0; old < oldKeys.length; old++) {
      if (oldIds[old] == NONE) {
        continue;
      }
      int slot = slot(oldKeys[old], oldIds[old]);
      if (ids[slot] == NONE) {
        used++;
      }
      keys[slot] = oldKeys[old];
      ids[slot] = oldIds[old];
      if (names.length > 0) {
        names[slot] = oldNames[old];
        times[slot] = oldTimes[old];
      }
    }
  }

  /** How many slots there are. */
  int slots() {
    return keys.length;
  }
}
