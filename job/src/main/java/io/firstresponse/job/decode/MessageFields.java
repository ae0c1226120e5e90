package io.firstresponse.job.decode;

import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.options.JobOptions.EpochUnit;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How the fields of a message are called in the input, and what a number in {@code ts} counts. An
 * {@link IllegalArgumentException} meets names that are empty or alike.
 */
public record MessageFields(
    String a, String b, String ts, String direct, String automated, EpochUnit epochUnit)
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

  /** The names that the {@code messages.*} options give. */
  public static MessageFields from(ReadableConfig options) {
    return new MessageFields(
        options.get(JobOptions.FIELD_A),
        options.get(JobOptions.FIELD_B),
        options.get(JobOptions.FIELD_TS),
        options.get(JobOptions.FIELD_DIRECT),
        options.get(JobOptions.FIELD_AUTOMATED),
        options.get(JobOptions.EPOCH_UNIT));
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
