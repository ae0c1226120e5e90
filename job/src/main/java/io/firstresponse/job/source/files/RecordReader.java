package io.firstresponse.job.source.files;

import io.firstresponse.job.domain.DeadLetter;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Splits a stream of bytes into records and gives the offset of each. The present record is in
 * {@link #bytes()}, without the line end, until the next call. Memory is bounded by the longest
 * record allowed.
 *
 * <p>A record is a line. In CSV a quoted field may contain line ends. A quote that is not closed
 * within the length allowed, or before the end of the file, is treated as an error in its line: up
 * to the place where the search for its end stopped, each line is a record, and after that quotes
 * have their meaning again. So a stray quote damages one line, and the nearby records that contain
 * line ends; these are dead letters.
 */
final class RecordReader extends BufferedRecords {

  private static final int TOO_FAR = -1;
  private static final int NO_QUOTES = -1;

  private final int maxBytes;

  /** The end of a record that is not too long is within so many bytes. */
  private final int reach;

  /** The delimiter of CSV, or {@link #NO_QUOTES} if each line is a record. */
  private final int delimiter;

  private boolean damageReported;

  /** Up to this offset each line is a record, and quotes have no meaning. */
  private long plainUntil;

  /** A reader that starts here finds the same records; {@link #sinceAnchor} of them were read. */
  private long anchor;

  private long sinceAnchor;

  private RecordReader(InputStream in, long offset, int maxBytes, int delimiter) {
    super(in, offset, maxBytes + 2);
    this.maxBytes = maxBytes;
    this.reach = maxBytes + 2;
    this.delimiter = delimiter;
    this.anchor = offset;
  }

  /**
   * Reads records that are lines.
   *
   * @param offset the offset in the file of the first byte of {@code in}
   * @param maxBytes the length of the longest record allowed
   */
  static RecordReader lines(InputStream in, long offset, int maxBytes) {
    return new RecordReader(in, offset, maxBytes, NO_QUOTES);
  }

  /** Reads records of CSV. */
  static RecordReader csv(InputStream in, int maxBytes, byte delimiter) {
    return new RecordReader(in, 0, maxBytes, delimiter);
  }

  @Override
  public Found next() throws IOException {
    if (offset() >= plainUntil) {
      anchor = offset();
      sinceAnchor = 0;
    }
    position = offset();
    bytes = buffer;
    from = at;
    available = 0;
    length = 0;
    if (at == filled && !fill()) {
      return end();
    }
    sinceAnchor++;
    int end = delimiter == NO_QUOTES ? lineEnd() : recordEnd();
    if (end == TOO_FAR) {
      return tooLong();
    }
    bytes = buffer;
    from = at;
    available = withoutReturn(end);
    length = available;
    if (at + end == filled) {
      at = filled;
      if (damage != null) {
        damageReported = true;
        return Found.DAMAGED;
      }
    } else {
      at += end + 1;
    }
    return available > maxBytes ? Found.TOO_LONG : Found.RECORD;
  }

  /** Skips to the start of the next line, or to {@code limit} if that comes first. */
  void skipLine(long limit) throws IOException {
    while (offset() < limit && (at < filled || fill())) {
      int lineEnd = indexOfLineEnd(at, filled);
      at = lineEnd < 0 ? filled : lineEnd + 1;
      if (lineEnd >= 0) {
        return;
      }
    }
  }

  /** Skips to an offset at or after the present one. */
  void skipTo(long offset) throws IOException {
    long ahead = offset - offset();
    if (ahead <= filled - at) {
      at += (int) ahead;
      return;
    }
    in.skipNBytes(ahead - (filled - at));
    bufferOffset = offset;
    at = 0;
    filled = 0;
  }

  /** The offset to resume from. {@link #resumeRecords} records after it are skipped then. */
  long resumeOffset() {
    return damageReported || offset() < plainUntil ? anchor : offset();
  }

  long resumeRecords() {
    return damageReported || offset() < plainUntil ? sinceAnchor : 0;
  }

  private Found end() {
    if (damage == null || damageReported) {
      return Found.END;
    }
    sinceAnchor++;
    damageReported = true;
    return Found.DAMAGED;
  }

  /** The distance from {@link #at} to the line end; the end of the stream is one too. */
  private int lineEnd() throws IOException {
    int scanned = 0;
    while (true) {
      int until = Math.min(filled - at, reach);
      int lineEnd = indexOfLineEnd(at + scanned, at + until);
      if (lineEnd >= 0) {
        return lineEnd - at;
      }
      scanned = until;
      if (scanned == reach) {
        return TOO_FAR;
      }
      if (!fill()) {
        return scanned;
      }
    }
  }

  /** The distance from {@link #at} to the end of a CSV record. */
  private int recordEnd() throws IOException {
    if (offset() < plainUntil) {
      return lineEnd();
    }
    int scanned = 0;
    boolean fieldStart = true;
    boolean quoted = false;
    int closedAt = -1;
    while (true) {
      int until = Math.min(filled - at, reach);
      for (; scanned < until; scanned++) {
        byte c = buffer[at + scanned];
        if (c == '"') {
          if (quoted) {
            quoted = false;
            closedAt = scanned;
          } else {
            // A doubled quote is handled as the end of a field and a new start.
            quoted = fieldStart || (closedAt >= 0 && closedAt == scanned - 1);
          }
          fieldStart = false;
        } else if (!quoted) {
          if (c == '\n') {
            return scanned;
          }
          fieldStart = c == delimiter;
        }
      }
      boolean tooFar = scanned == reach;
      if (tooFar || !fill()) {
        if (!tooFar && (!quoted || damage != null)) {
          return scanned;
        }
        plainUntil = offset() + scanned;
        return lineEnd();
      }
    }
  }

  private Found tooLong() throws IOException {
    byte[] head =
        Arrays.copyOfRange(buffer, at, at + Math.min(DeadLetter.MAX_RAW_BYTES, filled - at));
    long seen = 0;
    boolean returnLast = false;
    boolean terminated = false;
    while (!terminated && (at < filled || fill())) {
      int lineEnd = indexOfLineEnd(at, filled);
      terminated = lineEnd >= 0;
      int until = terminated ? lineEnd : filled;
      if (until > at) {
        returnLast = buffer[until - 1] == '\r';
      }
      seen += until - at;
      at = terminated ? lineEnd + 1 : filled;
    }
    bytes = head;
    from = 0;
    available = head.length;
    length = returnLast ? seen - 1 : seen;
    if (!terminated && damage != null) {
      damageReported = true;
      return Found.DAMAGED;
    }
    return Found.TOO_LONG;
  }

  private int withoutReturn(int end) {
    return end > 0 && buffer[at + end - 1] == '\r' ? end - 1 : end;
  }

  private int indexOfLineEnd(int begin, int end) {
    byte[] scanned = buffer;
    for (int i = begin; i < end; i++) {
      if (scanned[i] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
