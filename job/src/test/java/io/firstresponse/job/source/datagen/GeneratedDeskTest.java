package io.firstresponse.job.source.datagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.firstresponse.job.decode.LabelSet;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.source.datagen.DatagenOptions.Traffic;
import io.firstresponse.job.testing.WindowQuery;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a generated support desk has beyond plain messages: labels, names and a bot. */
class GeneratedDeskTest {

  private static final long SECOND = 1_000_000;
  private static final Duration DISORDER = Duration.ofSeconds(60);

  @Test
  void aConversationKeepsItsLabelsAndChannelsDifferInTraffic() {
    List<Message> without = messages(Workload.from(desk(60_000)));
    List<Message> with = messages(Workload.from(desk(60_000).set(DatagenOptions.LABELS, 12)));

    assertThat(with).extracting(Message::ts).isEqualTo(without.stream().map(Message::ts).toList());
    Map<Long, Set<String>> byCustomer = new HashMap<>();
    for (Message message : with) {
      String labels = message.texts().labels();
      assertThat(message.labels()).isEqualTo(LabelSet.key(labels));
      assertThat(labels != null).isEqualTo(message.kind() == MessageKind.CUSTOMER);
      if (labels != null) {
        byCustomer.computeIfAbsent(message.b(), b -> new HashSet<>()).add(labels);
      }
    }
    assertThat(byCustomer.values()).allMatch(sets -> sets.size() == 1);
    Map<String, Long> sets =
        byCustomer.values().stream()
            .flatMap(Set::stream)
            .collect(Collectors.groupingBy(set -> set, Collectors.counting()));
    assertThat(sets).hasSize(12);
    assertThat(share(sets, "\"channel\":\"chat\"")).isCloseTo(0.53, within(0.03));
    assertThat(share(sets, "\"channel\":\"email\"")).isCloseTo(0.33, within(0.03));
    assertThat(share(sets, "\"channel\":\"social\"")).isCloseTo(0.05, within(0.015));
    assertThat(share(sets, "\"priority\":\"urgent\"")).isCloseTo(0.04, within(0.015));
  }

  private static double share(Map<String, Long> sets, String label) {
    long all = sets.values().stream().mapToLong(Long::longValue).sum();
    return sets.entrySet().stream()
            .filter(set -> set.getKey().contains(label))
            .mapToDouble(Map.Entry::getValue)
            .sum()
        / all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void fewerLabelSetsAreTheMostFrequentOnes(int sets) {
    List<Message> messages = messages(Workload.from(desk(10_000).set(DatagenOptions.LABELS, sets)));

    assertThat(
            messages.stream()
                .filter(message -> message.kind() == MessageKind.CUSTOMER)
                .map(message -> message.texts().labels())
                .distinct())
        .hasSize(sets)
        .contains("{\"channel\":\"chat\",\"inbox\":\"orders\",\"priority\":\"normal\"}");
  }

  @ParameterizedTest
  @CsvSource({"EVEN, 0", "SUPPORT_DESK, 0.4"})
  void everybodyHasTheSameNameInEachMessage(Traffic traffic, double bot) {
    Configuration options =
        desk(30_000)
            .set(DatagenOptions.TRAFFIC, traffic)
            .set(DatagenOptions.AGENTS, 200L)
            // Slow enough that all shifts work.
            .set(DatagenOptions.EVENT_RATE, 0.2)
            .set(DatagenOptions.BOT, bot);
    List<Message> without = messages(Workload.from(options));
    List<Message> with = messages(Workload.from(options.set(DatagenOptions.NAMES, true)));

    Map<Long, String> agents = new HashMap<>();
    Map<Long, String> customers = new HashMap<>();
    for (int i = 0; i < with.size(); i++) {
      Message message = with.get(i);
      Texts texts = message.texts();
      assertThat(without.get(i))
          .isEqualTo(
              new Message(
                  message.a(),
                  message.b(),
                  message.ts(),
                  message.kind(),
                  message.automated(),
                  Texts.NONE));
      assertThat(agents.putIfAbsent(message.a(), texts.agentName())).isIn(null, texts.agentName());
      assertThat(customers.putIfAbsent(message.b(), texts.customerName()))
          .isIn(null, texts.customerName());
    }
    assertThat(agents).hasSize(bot > 0 ? 201 : 200).doesNotContainValue(null);
    assertThat(new HashSet<>(agents.values())).as("all different").hasSize(agents.size());
    assertThat(agents.get(201L)).isEqualTo(bot > 0 ? "Help bot" : null);
    agents.remove(201L);
    assertThat(agents.values()).allMatch(name -> name.matches("[A-Z][a-z]+ [A-Z]\\."));
    assertThat(customers.values()).allMatch(name -> name.matches("[A-Z][a-z]+ [A-Z]\\."));
    assertThat(new HashSet<>(customers.values())).hasSizeGreaterThan(600);
  }

  @ParameterizedTest
  @CsvSource({"0.3, 0, 0", "0.3, 0.9, 0.05", "1, 0.5, 0"})
  void aBotAnswersWithinSecondsAndLeavesTheRestToAgents(
      double bot, double closes, double duplicates) {
    Workload workload =
        Workload.from(
            desk(60_000)
                .set(DatagenOptions.AGENTS, 24L)
                .set(DatagenOptions.CLOSES, closes)
                .set(DatagenOptions.DUPLICATES, duplicates)
                .set(DatagenOptions.BOT, bot));
    List<Message> messages = messages(workload);

    Set<Long> greeted = new HashSet<>();
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      assertThat(message.automated()).isEqualTo(message.a() == 25 && message.direct());
      if (message.automated() && !workload.repeats(i)) {
        Message question = messages.get(i - 1);
        assertThat(question.kind()).isEqualTo(MessageKind.CUSTOMER);
        assertThat(question.b()).isEqualTo(message.b());
        assertThat(message.ts() - question.ts()).isBetween(0L, 4 * SECOND);
        assertThat(greeted.add(message.b())).as("once").isTrue();
      }
    }
    double visits = 60_000 / 12.0;
    assertThat(greeted.size() / visits)
        .isCloseTo(bot * (1 - duplicates) * (1 - duplicates), within(0.03));

    List<Session> answers =
        WindowQuery.sessions(ResponseMode.ANY_AGENT, messages).stream()
            .filter(session -> session.responder() == 25)
            .toList();
    assertThat((double) answers.size() / greeted.size()).isGreaterThan(0.9);
    assertThat(answers).allMatch(s -> s.endedAt() - s.openedAt() <= DISORDER.toMillis() * 1_000);
    List<Session> ofPeople =
        WindowQuery.sessions(
            ResponseMode.ANY_AGENT, messages.stream().filter(m -> !m.automated()).toList());
    assertThat(ofPeople.stream().filter(s -> s.responder() > 0 && greeted.contains(s.b())).count())
        .as("people have answered whom a bot has greeted")
        .isGreaterThan((long) (greeted.size() * 0.9));
  }

  @ParameterizedTest
  @CsvSource({"0, PT0S, 1", "0.2, PT1S, 20000", "0.05, PT60S, 0.4", "0.9, PT3S, 0.7"})
  void nothingIsLaterThanTheDisorder(double duplicates, Duration disorder, double eventRate) {
    Workload workload =
        Workload.from(
            everything(50_000)
                .set(DatagenOptions.DUPLICATES, duplicates)
                .set(DatagenOptions.DISORDER, disorder)
                .set(DatagenOptions.EVENT_RATE, eventRate));
    long bound = disorder.toNanos() / 1_000;
    for (int splits : new int[] {1, 3}) {
      for (int split = 0; split < splits; split++) {
        long latest = Long.MIN_VALUE;
        for (long i = split; i < 50_000; i += splits) {
          long ts = workload.message(i).ts();
          assertThat(ts).isLessThanOrEqualTo(workload.arrival(i));
          latest = Math.max(latest, ts);
          assertThat(latest - ts).as("message %s", i).isLessThanOrEqualTo(bound);
        }
      }
    }
  }

  @Test
  void theOrderOfAskingDoesNotMatter() throws Exception {
    Configuration options = everything(20_000);
    List<Message> inOrder = messages(Workload.from(options));

    Workload copy = InstantiationUtil.clone(Workload.from(options));
    List<Integer> places = IntStream.range(0, 20_000).boxed().collect(Collectors.toList());
    Collections.shuffle(places, new Random(7));
    Message[] shuffled = new Message[20_000];
    places.forEach(i -> shuffled[i] = copy.message(i));

    assertThat(Arrays.asList(shuffled)).isEqualTo(inOrder);
    assertThat(inOrder)
        .anyMatch(Message::automated)
        .anyMatch(Message::closes)
        .anyMatch(message -> message.texts().labels() != null);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 1_000_000_000})
  void anyNumberOfCustomersMayBeAtADesk(long customers) {
    List<Message> messages =
        messages(Workload.from(everything(2_000).set(DatagenOptions.CUSTOMERS, customers)));

    assertThat(messages).anyMatch(Message::automated).allMatch(message -> message.b() > 0);
  }

  @Test
  void optionsOutOfRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workload.from(desk(1).set(DatagenOptions.LABELS, 13)))
        .withMessage("source.datagen.labels must be from 0 to 12 at a support desk, not 13");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workload.from(desk(1).set(DatagenOptions.BOT, 1.1)))
        .withMessage("source.datagen.bot must be from 0 to 1, not 1.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workload.from(new Configuration().set(DatagenOptions.BOT, 0.1)))
        .withMessage("source.datagen.bot must be 0 with even traffic, not 0.1");
  }

  private static Configuration everything(long count) {
    return desk(count)
        .set(DatagenOptions.DUPLICATES, 0.1)
        .set(DatagenOptions.CLOSES, 0.8)
        .set(DatagenOptions.BOT, 0.5)
        .set(DatagenOptions.LABELS, 12)
        .set(DatagenOptions.NAMES, true);
  }

  private static Configuration desk(long count) {
    return new Configuration()
        .set(DatagenOptions.COUNT, count)
        .set(DatagenOptions.TRAFFIC, Traffic.SUPPORT_DESK)
        .set(DatagenOptions.DISORDER, DISORDER)
        .set(DatagenOptions.EVENT_RATE, 1.0);
  }

  private static List<Message> messages(Workload workload) {
    return LongStream.range(0, workload.end()).mapToObj(workload::message).toList();
  }
}
