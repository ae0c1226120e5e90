package io.firstresponse.local;

import io.firstresponse.job.options.BadOptionException;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of {@code scripts/demo}.
 *
 * @param stay whether the database stays until the user ends the demo
 * @param kafka whether the messages go through a Kafka broker
 * @param messages how many messages the job reads
 */
record DemoOptions(boolean stay, boolean kafka, long messages) {

  private static final String STAY = "--stay";
  private static final String KAFKA = "--kafka";
  private static final String MESSAGES = "--messages";

  private static final long USUAL_MESSAGES = 1_000_000;
  private static final long FEWEST_MESSAGES = 1_000;
  private static final long MOST_MESSAGES = 100_000_000;

  /**
   * Parses the arguments.
   *
   * @throws BadOptionException when one is unknown, or not a number of messages
   */
  static DemoOptions parse(String[] args) {
    List<String> left = new ArrayList<>(List.of(args));
    boolean stay = left.remove(STAY);
    boolean kafka = left.remove(KAFKA);
    long messages = USUAL_MESSAGES;
    int option = left.indexOf(MESSAGES);
    if (option >= 0) {
      left.remove(option);
      messages = messages(option < left.size() ? left.remove(option) : "");
    }
    if (!left.isEmpty()) {
      throw new BadOptionException(
          "The demo does not know %s. Its options are %s, %s and %s N; scripts/run-local runs the job with any options."
              .formatted(left.get(0), STAY, KAFKA, MESSAGES));
    }
    return new DemoOptions(stay, kafka, messages);
  }

  private static long messages(String given) {
    try {
      long messages = Long.parseLong(given);
      if (messages >= FEWEST_MESSAGES && messages <= MOST_MESSAGES) {
        return messages;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a number out of range.
    }
    throw new BadOptionException(
        "%s: '%s' is not a number from %,d to %,d."
            .formatted(MESSAGES, given, FEWEST_MESSAGES, MOST_MESSAGES));
  }
}
