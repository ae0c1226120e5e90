package io.firstresponse.connectors.postgres.sink;

import io.firstresponse.connectors.postgres.connection.Identifier;
import io.firstresponse.connectors.postgres.connection.SqlState;
import io.firstresponse.connectors.postgres.connection.TimestampRange;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.postgresql.core.Oid;

/**
 * A column of a {@link PostgresTable}: its name, its type, and the function that reads its value
 * from a row.
 *
 * <p>The functions are part of the job graph and have to be serializable. A value that PostgreSQL
 * cannot store (a timestamp outside the years 1 to 9999, half a surrogate pair) is handled like a
 * row that the server refuses.
 *
 * @param <T> the type of a row
 */
@PublicEvolving
public final class Column<T> implements Serializable {

  private static final long serialVersionUID = 1L;

  /** PostgreSQL counts from 2000-01-01T00:00:00Z. */
  private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;

  /** The first byte of a {@code jsonb} in binary form; the JSON text follows. */
  private static final byte JSONB_VERSION = 1;

  /** A serializable {@link ToLongFunction}. */
  @FunctionalInterface
  public interface LongOf<T> extends ToLongFunction<T>, Serializable {}

  /** A serializable {@link Function}. */
  @FunctionalInterface
  public interface ValueOf<T, V> extends Function<T, V>, Serializable {}

  /** A serializable {@link Predicate}. */
  @FunctionalInterface
  public interface Condition<T> extends Predicate<T>, Serializable {}

  @FunctionalInterface
  private interface Encoder<T> extends Serializable {
    void append(T row, BinaryValues values) throws SQLException;
  }

  /** A value as JSON. */
  @FunctionalInterface
  private interface Described<T> extends Serializable {
    String of(T row);
  }

  @FunctionalInterface
  private interface Order<T> extends Serializable {
    int compare(T one, T other);
  }

  private enum Type {
    BIGINT("bigint", Oid.INT8, Oid.INT8_ARRAY),
    TIMESTAMPTZ("timestamptz", Oid.TIMESTAMPTZ, Oid.TIMESTAMPTZ_ARRAY),
    BOOL("boolean", Oid.BOOL, Oid.BOOL_ARRAY),
    TEXT("text", Oid.TEXT, Oid.TEXT_ARRAY),
    BYTEA("bytea", Oid.BYTEA, Oid.BYTEA_ARRAY),
    JSONB("jsonb", Oid.JSONB, Oid.JSONB_ARRAY);

    private final String sqlName;
    private final int oid;
    private final int arrayOid;

    Type(String sqlName, int oid, int arrayOid) {
      this.sqlName = sqlName;
      this.oid = oid;
      this.arrayOid = arrayOid;
    }
  }

  private final Identifier name;
  private final Type type;
  private final boolean nullable;
  private final Encoder<T> encoder;
  private final Described<T> described;
  private final LongOf<T> number;
  private final Order<T> order;
  @Nullable private final String updated;

  private Column(
      Identifier name,
      Type type,
      boolean nullable,
      Encoder<T> encoder,
      Described<T> described,
      LongOf<T> number,
      Order<T> order,
      @Nullable String updated) {
    this.name = name;
    this.type = type;
    this.nullable = nullable;
    this.encoder = encoder;
    this.described = described;
    this.number = number;
    this.order = order;
    this.updated = updated;
  }

  /** A {@code bigint}. */
  public static <T> Column<T> bigint(String name, LongOf<T> value) {
    return of(
        name,
        Type.BIGINT,
        (row, values) -> values.addLong(value.applyAsLong(row)),
        row -> Long.toString(value.applyAsLong(row)),
        value,
        (one, other) -> Long.compare(value.applyAsLong(one), value.applyAsLong(other)));
  }

  /**
   * A {@code timestamptz}, exact to the microsecond.
   *
   * @param micros microseconds since 1970-01-01T00:00:00Z, of the years 1 to 9999
   */
  public static <T> Column<T> timestamptz(String name, LongOf<T> micros) {
    return of(
        name,
        Type.TIMESTAMPTZ,
        (row, values) -> values.addLong(postgresMicros(name, micros.applyAsLong(row))),
        row -> quoted(Instant.EPOCH.plus(micros.applyAsLong(row), ChronoUnit.MICROS).toString()),
        micros,
        (one, other) -> Long.compare(micros.applyAsLong(one), micros.applyAsLong(other)));
  }

  /** A {@code boolean}. */
  public static <T> Column<T> bool(String name, Condition<T> value) {
    return of(
        name,
        Type.BOOL,
        (row, values) -> values.addBoolean(value.test(row)),
        row -> Boolean.toString(value.test(row)),
        row -> 0,
        (one, other) -> Boolean.compare(value.test(one), value.test(other)));
  }

  /** A {@code text}, null where the function gives null. */
  public static <T> Column<T> text(String name, ValueOf<T, String> value) {
    return of(
        name,
        Type.TEXT,
        (row, values) -> {
          String text = value.apply(row);
          if (text == null) {
            values.addNull();
          } else {
            values.addBytes(utf8(name, text));
          }
        },
        row -> quoted(value.apply(row)),
        row -> 0,
        (one, other) -> value.apply(one).compareTo(value.apply(other)));
  }

  /** A {@code bytea}, null where the function gives null. */
  public static <T> Column<T> bytea(String name, ValueOf<T, byte[]> value) {
    return of(
        name,
        Type.BYTEA,
        (row, values) -> {
          byte[] bytes = value.apply(row);
          if (bytes == null) {
            values.addNull();
          } else {
            values.addBytes(bytes);
          }
        },
        row -> {
          byte[] bytes = value.apply(row);
          return bytes == null ? "null" : quoted("\\x" + HexFormat.of().formatHex(bytes));
        },
        row -> 0,
        (one, other) -> Arrays.compareUnsigned(value.apply(one), value.apply(other)));
  }

  /**
   * A {@code jsonb}.
   *
   * @param value a JSON text, never null
   */
  public static <T> Column<T> jsonb(String name, ValueOf<T, String> value) {
    return of(
        name,
        Type.JSONB,
        (row, values) -> {
          byte[] text = utf8(name, value.apply(row));
          byte[] versioned = new byte[text.length + 1];
          versioned[0] = JSONB_VERSION;
          System.arraycopy(text, 0, versioned, 1, text.length);
          values.addBytes(versioned);
        },
        value::apply,
        row -> 0,
        (one, other) -> value.apply(one).compareTo(value.apply(other)));
  }

  private static <T> Column<T> of(
      String name,
      Type type,
      Encoder<T> encoder,
      Described<T> described,
      LongOf<T> number,
      Order<T> order) {
    return new Column<>(new Identifier(name), type, false, encoder, described, number, order, null);
  }

  /** The same column, null in the rows that meet the condition. Such a column cannot be a key. */
  public Column<T> nullWhen(Condition<T> condition) {
    return new Column<>(
        name,
        type,
        true,
        (row, values) -> {
          if (condition.test(row)) {
            values.addNull();
          } else {
            encoder.append(row, values);
          }
        },
        row -> condition.test(row) ? "null" : described.of(row),
        number,
        order,
        updated);
  }

  /**
   * The same column with another value when a row is updated than that of the new row.
   *
   * @param sql the value in SQL, the present row being {@code t} and the new one {@code excluded}.
   *     It is used unchanged, so it must come from the program, never from input
   */
  public Column<T> updatedTo(String sql) {
    return new Column<>(name, type, nullable, encoder, described, number, order, sql);
  }

  /** The value of the column when a row is updated, in SQL. */
  String updated() {
    return updated == null ? "excluded." + name.quoted() : updated;
  }

  Identifier name() {
    return name;
  }

  boolean nullable() {
    return nullable;
  }

  /** The parameter for this column of a batch. */
  String parameter() {
    return "?::" + type.sqlName + "[]";
  }

  /** The value in a row, as JSON. */
  String json(T row) {
    return described.of(row);
  }

  /** The value in a row, as JSON; a time without its quotes. */
  String plain(T row) {
    String json = json(row);
    return type == Type.TIMESTAMPTZ ? json.replace("\"", "") : json;
  }

  int arrayOid() {
    return type.arrayOid;
  }

  /** A number whose order does not contradict {@link #compare}; 0 for types without one. */
  long number(T row) {
    return number.applyAsLong(row);
  }

  int compare(T one, T other) {
    return order.compare(one, other);
  }

  /**
   * Appends the value in a row.
   *
   * @throws SQLDataException if PostgreSQL cannot store it
   */
  void encode(T row, BinaryValues values) throws SQLException {
    encoder.append(row, values);
  }

  /**
   * The values of this column in rows, as one array.
   *
   * @throws SQLDataException if PostgreSQL cannot store one of the values
   */
  byte[] encode(List<T> rows) throws SQLException {
    BinaryArray array = new BinaryArray(type.oid, rows.size());
    for (T row : rows) {
      encoder.append(row, array);
    }
    return array.toBytes();
  }

  /** Text as JSON; control characters and halves of surrogate pairs are written as escapes. */
  static String quoted(@Nullable String text) {
    if (text == null) {
      return "null";
    }
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  private static long postgresMicros(String column, long micros) throws SQLException {
    if (micros < TimestampRange.EARLIEST_MICROS || micros > TimestampRange.LATEST_MICROS) {
      throw new SQLDataException(
          "timestamp out of range in column "
              + column
              + ": "
              + micros
              + " microseconds since 1970 are outside the years 1 to 9999",
          SqlState.DATETIME_FIELD_OVERFLOW);
    }
    return micros - POSTGRES_EPOCH_MICROS;
  }

  private static byte[] utf8(String column, String text) throws SQLException {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new SQLDataException(
          "text in column " + column + " is not valid Unicode: " + e.getMessage(),
          SqlState.CHARACTER_NOT_IN_REPERTOIRE,
          e);
    }
  }
}
