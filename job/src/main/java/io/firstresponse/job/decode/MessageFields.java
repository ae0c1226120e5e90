package io.firstresponse.job.decode;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.decode.MessageOptions.Ids;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.options.ResultOptions;
import java.io.Serializable;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import javax.annotation.Nullable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The names of a message's fields in the input, all different, and how its ids and its time are
 * read.
 *
 * @param closes the field that marks closes
 * @param agent the field with the agent's display name; null if there is none
 * @param customer the field with the customer's display name; null if there is none
 * @param labels the field with the labels; null if there is none
 * @param epochUnit the unit of a {@code ts} that is a number
 * @param zone the time zone of a {@code ts} without an offset
 * @param mode whether a customer's message and a close need an agent
 * @param ids whether ids are integers or texts
 */
public record MessageFields(
    String a,
    String b,
    String ts,
    String direct,
    String automated,
    String closes,
    @Nullable String agent,
    @Nullable String customer,
    @Nullable String labels,
    EpochUnit epochUnit,
    ZoneRules zone,
    ResponseMode mode,
    Ids ids)
    implements Serializable {

  static final int A = 0;
  static final int B = 1;
  static final int TS = 2;
  static final int DIRECT = 3;
  static final int AUTOMATED = 4;
  static final int CLOSES = 5;
  static final int AGENT = 6;
  static final int CUSTOMER = 7;
  static final int LABELS = 8;
  static final int COUNT = 9;
  static final int UNKNOWN = -1;

  /**
   * Ids are integers, closes are marked by {@code closes}, there are no names and labels, times
   * without an offset are UTC, and a customer's message needs no agent.
   */
  public MessageFields(
      String a, String b, String ts, String direct, String automated, EpochUnit epochUnit) {
    this(
        a,
        b,
        ts,
        direct,
        automated,
        MessageOptions.FIELD_CLOSES.defaultValue(),
        null,
        null,
        null,
        epochUnit,
        ZoneOffset.UTC.getRules(),
        ResponseMode.ANY_AGENT,
        Ids.INTEGER);
  }

  /** The names that the options {@code messages.field.*} give. */
  public static MessageFields from(ReadableConfig options) {
    return new MessageFields(
        options.get(MessageOptions.FIELD_A),
        options.get(MessageOptions.FIELD_B),
        options.get(MessageOptions.FIELD_TS),
        options.get(MessageOptions.FIELD_DIRECT),
        options.get(MessageOptions.FIELD_AUTOMATED),
        options.get(MessageOptions.FIELD_CLOSES),
        options.get(MessageOptions.FIELD_AGENT),
        options.get(MessageOptions.FIELD_CUSTOMER),
        options.get(MessageOptions.FIELD_LABELS),
        options.get(MessageOptions.EPOCH_UNIT),
        MessageOptions.zone(options),
        options.get(ResultOptions.RESPONSE_MODE),
        options.get(MessageOptions.IDS));
  }

  /**
   * The agent of a message that names none.
   *
   * @param how why there is none: "is null", for example
   */
  long nobody(MessageKind kind, String how) throws Unusable {
    if (needsAgent(kind)) {
      throw Unusable.noAgent(this, kind, how);
    }
    return Session.NOBODY;
  }

  /** Whether ids are texts. */
  boolean textIds() {
    return ids == Ids.TEXT;
  }

  /** Whether a message needs the field, whatever it says; an agent it may need. */
  static boolean isRequired(int field) {
    return isRequired(field, false);
  }

  /**
   * Whether a message or a close needs the field; an agent it may need.
   *
   * @param closes whether it is a close
   */
  static boolean isRequired(int field, boolean closes) {
    return field == B || field == TS || (field == DIRECT && !closes);
  }

  /** Whether a message of this kind has to name an agent. */
  boolean needsAgent(MessageKind kind) {
    return kind == MessageKind.AGENT || mode == ResponseMode.ADDRESSED_AGENT;
  }

  /** The field with this name, or {@link #UNKNOWN}. */
  int indexOf(String name) {
    if (name.equals(a)) {
      return A;
    } else if (name.equals(b)) {
      return B;
    } else if (name.equals(ts)) {
      return TS;
    } else if (name.equals(direct)) {
      return DIRECT;
    } else if (name.equals(automated)) {
      return AUTOMATED;
    } else if (name.equals(closes)) {
      return CLOSES;
    } else if (name.equals(agent)) {
      return AGENT;
    } else if (name.equals(customer)) {
      return CUSTOMER;
    } else if (name.equals(labels)) {
      return LABELS;
    }
    return UNKNOWN;
  }

  String name(int field) {
    return switch (field) {
      case A -> a;
      case B -> b;
      case TS -> ts;
      case DIRECT -> direct;
      case AUTOMATED -> automated;
      case CLOSES -> closes;
      case AGENT -> agent;
      case CUSTOMER -> customer;
      case LABELS -> labels;
      default -> throw new IllegalArgumentException("No field " + field);
    };
  }

  /** The key of the option that names the field. */
  static String option(int field) {
    return switch (field) {
      case A -> MessageOptions.FIELD_A.key();
      case B -> MessageOptions.FIELD_B.key();
      case TS -> MessageOptions.FIELD_TS.key();
      case DIRECT -> MessageOptions.FIELD_DIRECT.key();
      case AUTOMATED -> MessageOptions.FIELD_AUTOMATED.key();
      case CLOSES -> MessageOptions.FIELD_CLOSES.key();
      case AGENT -> MessageOptions.FIELD_AGENT.key();
      case CUSTOMER -> MessageOptions.FIELD_CUSTOMER.key();
      case LABELS -> MessageOptions.FIELD_LABELS.key();
      default -> throw new IllegalArgumentException("No field " + field);
    };
  }
}
