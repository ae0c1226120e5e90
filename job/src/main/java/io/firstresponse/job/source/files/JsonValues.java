package io.firstresponse.job.source.files;

import io.firstresponse.job.domain.DeadLetter;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Splits a stream of JSON values, with any white space or none between them, into records. A value
 * is a record; of an array each element is one. Only quotes, brackets and commas are examined; the
 * decoder finds errors inside a record. Memory is bounded by the longest record allowed.
 */
final class JsonValues extends BufferedRecords {

  private static final int NOT_YET = -1;

  private final int maxBytes;

  private boolean over;

  /** The place in the document: in an array at the top, after an element, after a comma. */
  private boolean inArray;

  private boolean afterElement;
  private boolean afterComma;

  /** The place in the present value. */
  private int depth;

  private boolean inText;
  private boolean escaped;

  /** Whether a text contains a line end, which means that a quote is missing. */
  private boolean textOverLines;

  /**
   * @param maxBytes the length of the longest record allowed
   */
  JsonValues(InputStream in, int maxBytes) {
    super(in, 0, maxBytes + 1);
    this.maxBytes = maxBytes;
  }

  @Override
  public Found next() throws IOException {
    if (over) {
      return Found.END;
    }
    boolean found = toValue();
    position = offset();
    if (!found) {
      return damage == null ? Found.END : lost();
    }
    depth = 0;
    inText = false;
    escaped = false;
    textOverLines = false;
    return value();
  }

  /** Marks everything from the first byte of the present record on as damaged. */
  Found giveUp(String why) throws IOException {
    int there = bytes == buffer ? filled - from : available;
    byte[] head = Arrays.copyOfRange(bytes, from, from + Math.min(there, raw()));
    damage = why;
    skipToEnd();
    return lost(head);
  }

  /**
   * Moves to the first byte of the next value.
   *
   * @return false at the end, or at damage
   */
  private boolean toValue() throws IOException {
    while (at < filled || fill()) {
      byte c = buffer[at];
      if (isBlank(c)) {
        at++;
      } else if (!inArray && c == '[') {
        inArray = true;
        at++;
      } else if (inArray && c == ']' && !afterComma) {
        inArray = false;
        afterElement = false;
        at++;
      } else if (afterElement && c == ',') {
        afterElement = false;
        afterComma = true;
        at++;
      } else if (afterElement) {
        damage = "two elements have no comma between them";
        return false;
      } else {
        return true;
      }
    }
    if (inArray && damage == null) {
      damage = "the file ends inside an array";
    }
    return false;
  }

  private Found value() throws IOException {
    boolean scalar = "{[\"".indexOf(buffer[at]) < 0;
    byte[] head = null;
    long passed = 0;
    int scanned = 0;
    int end = NOT_YET;
    while (end == NOT_YET) {
      end = scalar ? scalarEnd(at + scanned) : valueEnd(at + scanned);
      scanned = (end == NOT_YET ? filled : end) - at;
      if (passed + scanned > maxBytes) {
        head = head == null ? Arrays.copyOfRange(buffer, at, at + Math.min(scanned, raw())) : head;
        passed += scanned;
        at += scanned;
        scanned = 0;
      }
      if (end == NOT_YET && !fill()) {
        if (!scalar && damage == null) {
          damage = "the file ends inside a value";
        }
        end = at + scanned;
      }
    }
    if (scalar && passed + scanned == 0) {
      damage = "a value is missing";
    } else if (head != null && textOverLines) {
      damage = "a text goes over a line end";
    }
    if (damage != null) {
      byte[] kept = head != null ? head : Arrays.copyOfRange(buffer, at, at + kept());
      skipToEnd();
      return lost(kept);
    }
    bytes = head == null ? buffer : head;
    from = head == null ? at : 0;
    available = head == null ? scanned : head.length;
    length = passed + scanned;
    at += scanned;
    afterElement = inArray;
    afterComma = false;
    return head == null ? Found.RECORD : Found.TOO_LONG;
  }

  /** The first byte after a number or a word. */
  private int scalarEnd(int begin) {
    for (int i = begin; i < filled; i++) {
      byte c = buffer[i];
      if (isBlank(c) || ",[]{}\"".indexOf(c) >= 0) {
        return i;
      }
    }
    return NOT_YET;
  }

  /** The first byte after a text, object or array. */
  private int valueEnd(int begin) {
    byte[] scanned = buffer;
    for (int i = begin; i < filled; i++) {
      byte c = scanned[i];
      if (inText) {
        if (escaped) {
          escaped = false;
        } else if (c == '\\') {
          escaped = true;
        } else if (c == '"') {
          inText = false;
          if (depth == 0) {
            return i + 1;
          }
        } else if (c == '\n') {
          textOverLines = true;
        }
      } else if (c == '"') {
        inText = true;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        return i + 1;
      }
    }
    return NOT_YET;
  }

  private Found lost() throws IOException {
    byte[] head = Arrays.copyOfRange(buffer, at, at + kept());
    skipToEnd();
    return lost(head);
  }

  private Found lost(byte[] head) {
    over = true;
    bytes = head;
    from = 0;
    available = head.length;
    length = Math.max(head.length, offset() - position);
    return Found.DAMAGED;
  }

  private int kept() {
    return Math.min(filled - at, raw());
  }

  private static int raw() {
    return DeadLetter.MAX_RAW_BYTES;
  }

  private void skipToEnd() throws IOException {
    do {
      at = filled;
    } while (fill());
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
}
