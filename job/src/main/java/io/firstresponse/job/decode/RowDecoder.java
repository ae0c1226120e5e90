package io.firstresponse.job.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.Texts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import javax.annotation.Nullable;

/**
 * Turns a row of a table into a message, or into a dead letter with the reason. The columns are the
 * time ({@code timestamptz}), then {@code a}, {@code b} (integers, or any type with a text if ids
 * are texts), {@code direct} and, if the table has them, {@code automated} and {@code closes}
 * (booleans), and then the names of the agent and of the customer, and the labels (a JSON object),
 * where the options name their columns.
 *
 * <p>A row has no permanent position in its table, so the position of its dead letter is a hash of
 * its content. Equal rows therefore give one dead letter, and so does a row that is read again. The
 * raw bytes of the dead letter are the row as JSON, which can be corrected and read.
 *
 * <p>Not thread-safe: each reader has its own.
 */
public final class RowDecoder implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final int TS = 1;
  private static final int A = 2;
  private static final int B = 3;
  private static final int DIRECT = 4;
  private static final int ABSENT = 0;

  private static final JsonFactory JSON = new JsonFactory();

  private final MessageFields fields;
  private final FutureGuard futureGuard;
  // The columns that a table may lack, or ABSENT.
  private final int automated;
  private final int closes;
  private final int agentName;
  private final int customerName;
  private final int labelColumn;
  private final TextIds ids = new TextIds();
  private final LabelSet labels;

  /**
   * @param hasAutomated whether the rows have the column {@code automated}
   * @param hasCloses whether the rows have the column {@code closes}
   */
  public RowDecoder(
      MessageFields fields, FutureGuard futureGuard, boolean hasAutomated, boolean hasCloses) {
    this.fields = fields;
    this.futureGuard = futureGuard;
    int last = DIRECT;
    this.automated = hasAutomated ? ++last : ABSENT;
    this.closes = hasCloses ? ++last : ABSENT;
    this.agentName = fields.agent() != null ? ++last : ABSENT;
    this.customerName = fields.customer() != null ? ++last : ABSENT;
    this.labelColumn = fields.labels() != null ? ++last : ABSENT;
    this.labels = new LabelSet(fields.labels());
  }

  /**
   * Decodes the current row.
   *
   * @param origin the table
   * @param time the first column in microseconds since 1970; null if the column is null
   */
  public Received decode(String origin, ResultSet row, @Nullable Long time) throws SQLException {
    try {
      Message message = read(row, time);
      futureGuard.check(message);
      return message;
    } catch (Unusable e) {
      byte[] raw = json(row);
      return DeadLetters.of(
          origin, position(raw), e.reason(), e.getMessage(), raw, 0, raw.length, raw.length);
    }
  }

  private Message read(ResultSet row, @Nullable Long time) throws SQLException, Unusable {
    String customerId = textId(row, B, MessageFields.B);
    long b = key(row, B, customerId);
    requireNotNull(row, MessageFields.B);
    if (time == null) {
      throw Unusable.missing(fields, MessageFields.TS, "is null");
    }
    if (time < Message.MIN_TS || time > Message.MAX_TS) {
      throw new Unusable(
          Reason.BAD_TIMESTAMP,
          "field \"" + fields.ts() + "\" holds " + time(row) + ", outside the years 1 to 9999");
    }
    MessageKind kind = kind(row);
    String agentId = textId(row, A, MessageFields.A);
    long a = key(row, A, agentId);
    if (row.wasNull()) {
      a = fields.nobody(kind, "is null");
    }
    if (kind == MessageKind.AGENT && a == Session.NOBODY) {
      throw Unusable.badField(
          fields, MessageFields.A, "-1", "an agent's id: in the results -1 stands for nobody");
    }
    String labelSet = labelColumn == ABSENT ? null : labels(row, kind);
    return new Message(
        a,
        b,
        time,
        kind,
        isSet(row, automated),
        LabelSet.key(labelSet),
        Texts.of(agentId, customerId, name(row, agentName), name(row, customerName), labelSet));
  }

  @Nullable private String labels(ResultSet row, MessageKind kind) throws SQLException, Unusable {
    String json = row.getString(labelColumn);
    if (json == null || json.equals("null")) {
      return null;
    }
    labels.readText(json);
    return labels.text(kind);
  }

  /** A close may have no direction. */
  private MessageKind kind(ResultSet row) throws SQLException, Unusable {
    if (isSet(row, closes)) {
      return MessageKind.CLOSE;
    }
    boolean direct = row.getBoolean(DIRECT);
    requireNotNull(row, MessageFields.DIRECT);
    return MessageKind.of(direct);
  }

  /** Whether a column is there and true; {@code getBoolean} gives false for null. */
  private static boolean isSet(ResultSet row, int column) throws SQLException {
    return column != ABSENT && row.getBoolean(column);
  }

  /** The id in a column if ids are texts; null if they are not, or the column is null. */
  @Nullable private String textId(ResultSet row, int column, int field) throws SQLException, Unusable {
    String text = fields.textIds() ? row.getString(column) : null;
    String fault = text == null ? null : TextIds.fault(text);
    if (fault != null) {
      throw Unusable.badField(fields, field, fault, TextIds.WANTED);
    }
    return text;
  }

  /**
   * The key of the id in a column; 0 if the column is null, which the row says then.
   *
   * @param textId the id if ids are texts
   */
  private long key(ResultSet row, int column, @Nullable String textId) throws SQLException {
    if (!fields.textIds()) {
      return row.getLong(column);
    }
    return textId == null ? 0 : ids.key(textId);
  }

  @Nullable private static String name(ResultSet row, int column) throws SQLException {
    String name = column == ABSENT ? null : row.getString(column);
    return name == null ? null : DisplayName.of(name);
  }

  /** Requires that the column read last was not null. */
  private void requireNotNull(ResultSet row, int field) throws SQLException, Unusable {
    if (row.wasNull()) {
      throw Unusable.missing(fields, field, "is null");
    }
  }

  private byte[] json(ResultSet row) throws SQLException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      writeId(json, fields.a(), row, A);
      writeId(json, fields.b(), row, B);
      json.writeStringField(fields.ts(), time(row));
      writeFlag(json, fields.direct(), row, DIRECT);
      if (automated != ABSENT) {
        writeFlag(json, fields.automated(), row, automated);
      }
      if (closes != ABSENT) {
        writeFlag(json, fields.closes(), row, closes);
      }
      if (agentName != ABSENT) {
        json.writeStringField(fields.agent(), row.getString(agentName));
      }
      if (customerName != ABSENT) {
        json.writeStringField(fields.customer(), row.getString(customerName));
      }
      if (labelColumn != ABSENT) {
        json.writeFieldName(fields.labels());
        String text = row.getString(labelColumn);
        json.writeRawValue(text == null ? "null" : text);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void writeId(JsonGenerator json, String name, ResultSet row, int column)
      throws IOException, SQLException {
    if (fields.textIds()) {
      json.writeStringField(name, row.getString(column));
      return;
    }
    json.writeFieldName(name);
    long value = row.getLong(column);
    if (row.wasNull()) {
      json.writeNull();
    } else {
      json.writeNumber(value);
    }
  }

  private static void writeFlag(JsonGenerator json, String name, ResultSet row, int column)
      throws IOException, SQLException {
    json.writeFieldName(name);
    boolean value = row.getBoolean(column);
    if (row.wasNull()) {
      json.writeNull();
    } else {
      json.writeBoolean(value);
    }
  }

  /** The time as text in UTC, null if the column is null. */
  @Nullable private static String time(ResultSet row) throws SQLException {
    OffsetDateTime time = row.getObject(TS, OffsetDateTime.class);
    if (time == null) {
      return null;
    } else if (time.equals(OffsetDateTime.MAX)) {
      return "infinity";
    } else if (time.equals(OffsetDateTime.MIN)) {
      return "-infinity";
    }
    return time.toInstant().toString();
  }

  private static long position(byte[] raw) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(raw)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
