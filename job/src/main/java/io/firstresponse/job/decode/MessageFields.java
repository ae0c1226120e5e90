package io.firstresponse.job.decode;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The names of a message's fields in the input, all different, and the unit of a {@code ts} that is
 * a number.
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

  /** The names that the options {@code messages.field.*} give. */
  public static MessageFields from(ReadableConfig options) {
    return new MessageFields(
        options.get(MessageOptions.FIELD_A),
        options.get(MessageOptions.FIELD_B),
        options.get(MessageOptions.FIELD_TS),
        options.get(MessageOptions.FIELD_DIRECT),
        options.get(MessageOptions.FIELD_AUTOMATED),
        options.get(MessageOptions.EPOCH_UNIT));
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
      case A -> MessageOptions.FIELD_A.key();
      case B -> MessageOptions.FIELD_B.key();
      case TS -> MessageOptions.FIELD_TS.key();
      case DIRECT -> MessageOptions.FIELD_DIRECT.key();
      case AUTOMATED -> MessageOptions.FIELD_AUTOMATED.key();
      default -> throw new IllegalArgumentException("No field " + field);
    };
  }
}
