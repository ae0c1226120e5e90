package io.firstresponse.connectors.postgres;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * The name of a schema, a table or a column, taken to the letter: it is always quoted, so that no
 * name is SQL and case is kept.
 *
 * @param value the name, unquoted
 */
public record Identifier(String value) implements Serializable {

  /** PostgreSQL cuts longer names off in silence, and so might write to another table. */
  private static final int MAX_BYTES = 63;

  /** Refuses what cannot be a name, with an {@link IllegalArgumentException}. */
  public Identifier {
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("a PostgreSQL name must not be empty");
    }
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "a PostgreSQL name must not contain the character NUL: " + value.replace('\0', '?'));
    }
    if (value.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a PostgreSQL name has at most " + MAX_BYTES + " bytes in UTF-8: " + value);
    }
  }

  /** As it stands in SQL. */
  public String quoted() {
    return '"' + value.replace("\"", "\"\"") + '"';
  }
}
