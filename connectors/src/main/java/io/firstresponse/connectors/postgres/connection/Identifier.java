package io.firstresponse.connectors.postgres.connection;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.apache.flink.annotation.Internal;

/**
 * The name of a schema, a table or a column, in its exact case. It is always quoted, so that no
 * name is read as SQL.
 *
 * @param value the name, unquoted
 */
@Internal
public record Identifier(String value) implements Serializable {

  /** PostgreSQL truncates longer names without an error, and might use another table. */
  private static final int MAX_BYTES = 63;

  /** Refuses names that PostgreSQL cannot have, with an {@link IllegalArgumentException}. */
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

  /** The name in SQL. */
  public String quoted() {
    return '"' + value.replace("\"", "\"\"") + '"';
  }
}
