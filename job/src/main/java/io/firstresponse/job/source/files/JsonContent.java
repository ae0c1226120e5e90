package io.firstresponse.job.source.files;

import io.firstresponse.job.source.files.FileOptions.FileFormat;
import java.io.IOException;
import java.io.InputStream;

/**
 * The format of a file whose name ends in {@code .json}: lines of one object each, or a document.
 * It is a document if it begins with an array, or if its first object does not end with its line.
 */
final class JsonContent {

  /** Enough bytes to find the end of the first line. */
  private static final int MAX_LOOK = 64 * 1024;

  private JsonContent() {}

  /** The format by the first bytes of a file; lines if they do not decide. */
  static FileFormat of(InputStream file) throws IOException {
    byte[] head = new byte[MAX_LOOK];
    try {
      return isDocument(head, file.readNBytes(head, 0, MAX_LOOK))
          ? FileFormat.JSON
          : FileFormat.JSON_LINES;
    } catch (DamagedGzipException e) {
      // The reader of the split reports the failure.
      return FileFormat.JSON_LINES;
    }
  }

  private static boolean isDocument(byte[] s, int to) {
    int i = to >= 3 && s[0] == (byte) 0xEF && s[1] == (byte) 0xBB && s[2] == (byte) 0xBF ? 3 : 0;
    while (i < to && isBlank(s[i])) {
      i++;
    }
    if (i == to || s[i] != '{') {
      return i < to && s[i] == '[';
    }
    int depth = 0;
    boolean inText = false;
    for (; i < to; i++) {
      byte c = s[i];
      if (c == '\n') {
        // A text in JSON cannot contain a line end, so the line is damaged.
        return depth > 0 && !inText;
      }
      if (inText) {
        if (c == '\\') {
          i++;
        } else {
          inText = c != '"';
        }
      } else if (depth == 0 && c != '{') {
        return false;
      } else if (c == '"') {
        inText = true;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        return isFollowed(s, i + 1, to);
      }
    }
    return false;
  }

  /** Whether the line continues after the value. */
  private static boolean isFollowed(byte[] s, int from, int to) {
    int i = from;
    while (i < to && s[i] != '\n' && isBlank(s[i])) {
      i++;
    }
    return i < to && s[i] != '\n';
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
}
