package io.firstresponse.job.decode;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.options.JobOptions.EpochUnit;
import java.io.Serializable;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How the fields of a message are called in the input, and how its time is read. An {@link
 * IllegalArgumentException} meets names that are empty or alike.
 *
 * @param epochUnit what a number in {@code ts} counts
 * @param zone whose clocks show a {@code ts} without an offset
 * @param mode whether a customer's message needs an agent
 */
public record MessageFields(
    String a,
    String b,
    String ts,
    String direct,
    String automated,
    EpochUnit epochUnit,
    ZoneRules zone,
    ResponseMode mode)
    implements Serializable {

  static final int A = 0;
  static final int B = 1;
  static final int TS = 2;
  static final int DIRECT = 3;
  static final int AUTOMATED = 4;
  static final int COUNT = 5;
  static final int UNKNOWN = -1;

  public MessageFields {
    if (a.isEmpty() || b.isEmpty() || ts.isEmpty() || direct.isEmpty() || automated.isEmpty()) {
      throw new IllegalArgumentException("A messages.field.* option is empty: give it a name.");
    }
    if (Set.copyOf(List.of(a, b, ts, direct, automated)).size() < COUNT) {
      throw new IllegalArgumentException(
          "Two messages.field.* options name the same field: give each its own.");
    }
  }

  /** Times without an offset are UTC, and customers need not write to anybody in particular. */
  public MessageFields(
      String a, String b, String ts, String direct, String automated, EpochUnit epochUnit) {
    this(a, b, ts, direct, automated, epochUnit, ZoneOffset.UTC.getRules(), ResponseMode.ANY_AGENT);
  }

  /** The names that the {@code messages.*} options give. */
  public static MessageFields from(ReadableConfig options) {
    return new MessageFields(
        options.get(JobOptions.FIELD_A),
        options.get(JobOptions.FIELD_B),
        options.get(JobOptions.FIELD_TS),
        options.get(JobOptions.FIELD_DIRECT),
        options.get(JobOptions.FIELD_AUTOMATED),
        options.get(JobOptions.EPOCH_UNIT),
        FeedOptions.zone(options),
        options.get(JobOptions.RESPONSE_MODE));
  }

  /**
   * The agent of a message that names none.
   *
   * @param how why there is none: "is null", for example
   */
  long nobody(boolean direct, String how) throws Unusable {
    if (direct || needAgents()) {
      throw Unusable.noAgent(this, direct, how);
    }
    return Session.NOBODY;
  }

  /** Whether customers, too, have to name an agent. */
  boolean needAgents() {
    return mode == ResponseMode.ADDRESSED_AGENT;
  }

  /** Which field bears this name, or {@link #UNKNOWN}. */
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
      default -> throw new IllegalArgumentException("No field " + field);
    };
  }

  /** The key of the option that names the field. */
  static String option(int field) {
    return switch (field) {
      case A -> JobOptions.FIELD_A.key();
      case B -> JobOptions.FIELD_B.key();
      case TS -> JobOptions.FIELD_TS.key();
      case DIRECT -> JobOptions.FIELD_DIRECT.key();
      case AUTOMATED -> JobOptions.FIELD_AUTOMATED.key();
      default -> throw new IllegalArgumentException("No field " + field);
    };
  }
}
