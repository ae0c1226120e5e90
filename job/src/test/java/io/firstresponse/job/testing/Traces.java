package io.firstresponse.job.testing;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Seeded message traces in delivery order: few customers and agents, timestamps from a narrow range
 * so that ties are common, bounded disorder, duplicates, automated messages, closes, labels (also
 * different ones of duplicates), quiet gaps.
 *
 * @param messages as delivered
 * @param disorderMillis how far a message is delivered behind one stamped after it, at most
 */
public record Traces(List<Message> messages, long disorderMillis) {

  /** The trace of a seed. */
  public static Traces of(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int count = 1 + random.nextInt(60);
    int customers = 1 + random.nextInt(4);
    int agents = 1 + random.nextInt(4);
    // From all in a few microseconds, where ties abound, to hours.
    long meanGapMicros = 1L << random.nextInt(34);
    long disorderMillis = random.nextInt(3) == 0 ? 0 : random.nextInt(1, 100_000);
    double duplicates = random.nextInt(2) * 0.2;
    double automated = random.nextInt(3) == 0 ? 0.3 : 0;
    RandomGenerator closing = RandomGeneratorFactory.of("L64X128MixRandom").create(~seed);
    double closes = closing.nextInt(3) * 0.1;
    RandomGenerator labelling = RandomGeneratorFactory.of("L64X128MixRandom").create(seed ^ 0x5eed);
    double labelled = labelling.nextInt(3) * 0.4;

    record Delivery(Message message, long at) {}
    List<Delivery> deliveries = new ArrayList<>();
    long ts = 1_534_327_700_000_000L + random.nextLong(-1_000_000, 1_000_000);
    for (int i = 0; i < count; i++) {
      ts += random.nextInt(3) == 0 ? 0 : random.nextLong(meanGapMicros + 1);
      Message message =
          new Message(
              1 + random.nextInt(agents),
              1 + random.nextInt(customers),
              ts,
              random.nextBoolean(),
              random.nextDouble() < automated);
      if (closing.nextDouble() < closes) {
        message = close(message, closing.nextInt(4) == 0);
      }
      message = labelled(message, labelled, labelling);
      deliveries.add(new Delivery(message, ts + delay(random, disorderMillis)));
      if (random.nextDouble() < duplicates) {
        if (labelling.nextInt(3) == 0) {
          message = labelled(message, labelled, labelling);
        }
        deliveries.add(new Delivery(message, ts + delay(random, disorderMillis)));
      }
    }
    deliveries.sort(Comparator.comparingLong(Delivery::at));
    return new Traces(deliveries.stream().map(Delivery::message).toList(), disorderMillis);
  }

  /** Labels of a customer's message. */
  private static Message labelled(Message message, double share, RandomGenerator random) {
    if (message.kind() != MessageKind.CUSTOMER) {
      return message;
    }
    return TestLabels.with(
        message, random.nextDouble() < share ? TestLabels.any(random) : Message.NO_LABELS);
  }

  /** A close in place of a message, of nobody in particular or of its agent. */
  private static Message close(Message message, boolean ofNobody) {
    return new Message(
        ofNobody ? Session.NOBODY : message.a(),
        message.b(),
        message.ts(),
        MessageKind.CLOSE,
        message.automated(),
        Texts.NONE);
  }

  private static long delay(RandomGenerator random, long disorderMillis) {
    return disorderMillis == 0 ? 0 : random.nextLong(disorderMillis * 1000);
  }
}
