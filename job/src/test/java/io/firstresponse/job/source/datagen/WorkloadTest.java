package io.firstresponse.job.source.datagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.firstresponse.job.decode.LabelSet;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.source.datagen.DatagenOptions.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {

  private static final long START =
      ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("2018-08-15T10:00:00Z"));

  private static final long MONDAY =
      ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("2018-08-13T00:00:00Z"));

  @Test
  void theOrderOfAskingDoesNotMatter() throws Exception {
    Configuration options = options(20_000).set(DatagenOptions.DUPLICATES, 0.2);
    List<Message> inOrder = messages(Workload.from(options));

    Workload copy = InstantiationUtil.clone(Workload.from(options));
    List<Integer> places = new ArrayList<>(IntStream.range(0, 20_000).boxed().toList());
    Collections.shuffle(places, new Random(7));
    Message[] shuffled = new Message[20_000];
    places.forEach(i -> shuffled[i] = copy.message(i));

    assertThat(Arrays.asList(shuffled)).isEqualTo(inOrder);
  }

  @Test
  void theFirstMessagesOfTheDefaultsStayWhatTheyWere() {
    // Results of benchmarks and tests are compared between releases: a stream must not change.
    Workload workload = Workload.from(new Configuration());

    assertThat(LongStream.range(0, 3).mapToObj(workload::message))
        .containsExactly(
            new Message(38, 438_284, START - 4_793_099, true),
            new Message(51, 502_583, START - 5_460_620, false),
            new Message(42, 405_769, START - 4_646_172, false));
  }

  @Test
  void anotherSeedGivesOtherMessages() {
    List<Message> one = messages(Workload.from(options(1_000)));
    List<Message> two = messages(Workload.from(options(1_000).set(DatagenOptions.SEED, 2L)));

    Set<Message> common = new HashSet<>(one);
    common.retainAll(new HashSet<>(two));
    assertThat(common).isEmpty();
  }

  @Test
  void messagesArriveAtTheEventRateFromTheStart() {
    Workload workload = Workload.from(new Configuration());

    assertThat(workload.arrival(0)).isEqualTo(START);
    assertThat(workload.arrival(1)).isEqualTo(START + 50);
    assertThat(workload.arrival(20_000)).isEqualTo(START + 1_000_000);
  }

  @Test
  void delaysAreSpreadEvenlyOverTheDisorder() {
    Workload workload = Workload.from(options(100_000));

    long[] tenths = new long[10];
    for (int i = 0; i < 100_000; i++) {
      long delay = workload.arrival(i) - workload.message(i).ts();
      assertThat(delay).isBetween(0L, 10_000_000L);
      tenths[(int) Math.min(9, delay / 1_000_000)]++;
    }
    assertThat(tenths).satisfies(WorkloadTest::evenlyFilled);
  }

  @Test
  void idsAndDirectionAreSpreadEvenly() {
    Workload workload =
        Workload.from(
            options(100_000).set(DatagenOptions.AGENTS, 7L).set(DatagenOptions.CUSTOMERS, 13L));

    long[] agents = new long[7];
    long[] customers = new long[13];
    long[] directions = new long[2];
    long[] pairs = new long[7 * 13 * 2];
    for (Message message : messages(workload)) {
      int direct = message.direct() ? 1 : 0;
      agents[(int) message.a() - 1]++;
      customers[(int) message.b() - 1]++;
      directions[direct]++;
      pairs[(((int) message.a() - 1) * 13 + (int) message.b() - 1) * 2 + direct]++;
    }
    assertThat(agents).satisfies(WorkloadTest::evenlyFilled);
    assertThat(customers).satisfies(WorkloadTest::evenlyFilled);
    assertThat(directions).satisfies(WorkloadTest::evenlyFilled);
    assertThat(pairs).as("drawn independently").satisfies(WorkloadTest::evenlyFilled);
  }

  @Test
  void customersMessagesMayHaveLabels() {
    List<Message> without = messages(Workload.from(options(10_000)));
    List<Message> with = messages(Workload.from(options(10_000).set(DatagenOptions.LABELS, 20)));

    assertThat(with).extracting(Message::ts).isEqualTo(without.stream().map(Message::ts).toList());
    assertThat(with)
        .allMatch(message -> (message.labels() == Message.NO_LABELS) == message.direct())
        .allMatch(message -> LabelSet.key(message.texts().labels()) == message.labels());
    assertThat(with.stream().map(Message::texts).distinct())
        .hasSize(21)
        .contains(
            Texts.of(
                null,
                null,
                null,
                null,
                "{\"channel\":\"chat\",\"priority\":\"high\",\"team\":\"team 1\"}"));
    assertThatThrownBy(() -> Workload.from(options(1).set(DatagenOptions.LABELS, -1)))
        .hasMessage("source.datagen.labels must be from 0 to 100000, not -1");
  }

  @Test
  void theResponseModeDecidesHowManyAgentsAndCustomersThereAre() {
    List<Message> any = messages(Workload.from(options(100_000)));
    assertThat(any.stream().mapToLong(Message::a).max()).hasValue(100);
    assertThat(any.stream().mapToLong(Message::b).max().orElse(0)).isBetween(999_000L, 1_000_000L);

    List<Message> addressed =
        messages(
            Workload.from(
                options(100_000).set(ResultOptions.RESPONSE_MODE, ResponseMode.ADDRESSED_AGENT)));
    assertThat(addressed.stream().mapToLong(Message::a).max()).hasValue(10);
    assertThat(addressed.stream().mapToLong(Message::b).max()).hasValue(10_000);
  }

  @ParameterizedTest
  @CsvSource({
    // duplicates, disorder, messages per second
    "0, PT0S, 20000", "0, PT10S, 20000", "0.2, PT0S, 20000", "0.2, PT0.00012S, 20000",
    "0.2, PT1S, 20000", "0.9, PT1S, 20000", "0.5, PT3S, 0.7", "0.99, PT0.5S, 100"
  })
  void nothingIsLaterThanTheDisorder(double duplicates, Duration disorder, double eventRate) {
    for (Traffic traffic : Traffic.values()) {
      nothingIsLater(
          options(50_000)
              .set(DatagenOptions.TRAFFIC, traffic)
              .set(DatagenOptions.DUPLICATES, duplicates)
              .set(DatagenOptions.CLOSES, 0.5)
              .set(DatagenOptions.DISORDER, disorder)
              .set(DatagenOptions.EVENT_RATE, eventRate),
          disorder.toNanos() / 1_000);
    }
  }

  private static void nothingIsLater(Configuration options, long bound) {
    Workload workload = Workload.from(options);
    for (int splits : new int[] {1, 2, 3, 7}) {
      for (int split = 0; split < splits; split++) {
        long latest = Long.MIN_VALUE;
        for (long i = split; i < 50_000; i += splits) {
          long ts = workload.message(i).ts();
          latest = Math.max(latest, ts);
          assertThat(latest - ts).as("message %s", i).isLessThanOrEqualTo(bound);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2018-08-15T10:00:00Z", "2018-08-12T23:59:59.999999Z", "0100-01-01T05:30:00Z"})
  void aSupportDeskHasBusyHoursAndTheEventRateInTheMean(String start) {
    int messages = 60_480;
    Workload workload =
        Workload.from(
            desk(2L * messages)
                .set(DatagenOptions.EVENT_RATE, 0.1)
                .set(DatagenOptions.START, start));
    Instant instant = Instant.parse(start);
    long first = instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
    long week = Duration.ofDays(7).toSeconds() * 1_000_000;

    assertThat(workload.arrival(0)).isEqualTo(first);
    assertThat(workload.arrival(messages)).isCloseTo(first + week, within(1_000L));
    long[] arrivals = LongStream.range(0, messages).map(workload::arrival).toArray();
    assertThat(arrivals).isSorted();
    long[] hours = new long[7 * 24];
    for (long arrival : arrivals) {
      hours[(int) (Math.floorMod(arrival - MONDAY, week) / 3_600_000_000L)]++;
    }
    for (int day = 0; day < 7; day++) {
      long busy = hours[day * 24 + 11];
      long quiet = hours[day * 24 + 3];
      assertThat(busy).as("day %d", day).isGreaterThan(5 * quiet);
      assertThat(quiet).as("day %d", day).isPositive();
    }
    assertThat(hours[11])
        .as("Monday's noon, beside Sunday's")
        .isGreaterThan(2 * hours[6 * 24 + 11]);
  }

  @Test
  void customersOfASupportDeskComeAndGo() {
    Workload workload = Workload.from(desk(60_000).set(DatagenOptions.CUSTOMERS, 50L));

    Map<Long, List<Message>> byCustomer = new HashMap<>();
    for (Message message : messages(workload)) {
      byCustomer.computeIfAbsent(message.b(), b -> new ArrayList<>()).add(message);
    }
    assertThat((double) byCustomer.size()).isCloseTo(60_000 / 12.0, within(100.0));
    // Few are left without an answer, and nobody stays long: 600 messages are ten busy minutes.
    long unanswered =
        byCustomer.values().stream().filter(all -> !all.get(all.size() - 1).direct()).count();
    assertThat((double) unanswered / byCustomer.size()).isBetween(0.001, 0.03);
    assertThat(byCustomer.values())
        .allMatch(
            all ->
                all.get(all.size() - 1).ts() - all.get(0).ts()
                    < Duration.ofHours(6).toSeconds() * 1_000_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 12, 1_000})
  void agentsOfASupportDeskWorkInShifts(long agents) {
    Workload workload = Workload.from(desk(100_000).set(DatagenOptions.AGENTS, agents));

    Set<Long> seen = new HashSet<>();
    Map<Long, Set<Long>> shifts = new HashMap<>();
    for (long i = 0; i < 100_000; i++) {
      Message message = workload.message(i);
      seen.add(message.a());
      long shift = Math.floorMod(workload.arrival(i), 86_400_000_000L) / 28_800_000_000L;
      shifts.computeIfAbsent(message.a(), a -> new HashSet<>()).add(shift);
    }
    assertThat(seen).allMatch(a -> a >= 1 && a <= agents);
    if (agents >= 12) {
      assertThat(seen).hasSize((int) agents);
      assertThat(shifts.values()).allMatch(worked -> worked.size() == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, -4, Long.MAX_VALUE})
  void theShareOfDuplicatesIsAsAsked(long seed) {
    Workload workload =
        Workload.from(
            options(100_000)
                .set(DatagenOptions.SEED, seed)
                .set(DatagenOptions.DUPLICATES, 0.1)
                .set(DatagenOptions.AUTOMATED, 0.5));

    List<Message> messages = messages(workload);
    int repeats = 0;
    int inOwnTime = 0;
    for (int i = 0; i < messages.size(); i++) {
      int origin = (int) workload.origin(i);
      if (origin != i) {
        repeats++;
        assertThat(origin).isLessThan(i);
        assertThat(workload.origin(origin)).as("an original").isEqualTo(origin);
        assertThat(messages.get(i)).isEqualTo(messages.get(origin));
        if (workload.arrival(i) - messages.get(i).ts() <= 10_000_000) {
          inOwnTime++;
        }
      }
    }
    assertThat(repeats / 100_000.0).isCloseTo(0.1, within(0.005));
    assertThat((double) inOwnTime / repeats).isGreaterThan(0.999);
    assertThat(new HashSet<>(messages)).hasSize(messages.size() - repeats);
  }

  @Test
  void withoutDisorderMessagesAreInOrderAndDuplicatesAreNeighbours() {
    Workload workload =
        Workload.from(
            options(10_000)
                .set(DatagenOptions.DISORDER, Duration.ZERO)
                .set(DatagenOptions.DUPLICATES, 0.3));

    List<Message> messages = messages(workload);
    assertThat(messages).isSortedAccordingTo((x, y) -> Long.compare(x.ts(), y.ts()));
    for (int i = 1; i < messages.size(); i++) {
      boolean repeats = workload.origin(i) != i;
      assertThat(messages.get(i).equals(messages.get(i - 1))).isEqualTo(repeats);
    }
  }

  @Test
  void onlyAgentsMessagesAreAutomated() {
    List<Message> messages =
        messages(Workload.from(options(100_000).set(DatagenOptions.AUTOMATED, 0.25)));

    long agents = messages.stream().filter(Message::direct).count();
    assertThat(messages).noneMatch(m -> m.automated() && !m.direct());
    assertThat((double) messages.stream().filter(Message::automated).count() / agents)
        .isCloseTo(0.25, within(0.01));

    assertThat(messages(Workload.from(options(1_000).set(DatagenOptions.AUTOMATED, 1.0))))
        .allMatch(m -> m.automated() == m.direct());
    assertThat(messages(Workload.from(options(1_000)))).noneMatch(Message::automated);
  }

  @Test
  void aBoundedStreamEndsAndAnUnboundedOneDoesNot() {
    Workload bounded = Workload.from(options(10));
    assertThat(bounded.isBounded()).isTrue();
    assertThat(bounded.end()).isEqualTo(10);
    assertThatThrownBy(() -> bounded.message(10)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> bounded.message(-1)).isInstanceOf(IndexOutOfBoundsException.class);

    Workload unbounded = Workload.from(options(0));
    assertThat(unbounded.isBounded()).isFalse();
    assertThat(unbounded.end()).isEqualTo(Long.MAX_VALUE);
    assertThat(unbounded.message(1L << 50).ts()).isLessThanOrEqualTo(Message.MAX_TS);
  }

  @Test
  void anUnboundedStreamStaysInTheLastUsableYear() {
    Workload workload = Workload.from(options(0).set(DatagenOptions.EVENT_RATE, 0.001));

    assertThat(workload.arrival(1L << 61)).isEqualTo(Message.MAX_TS);
    assertThat(workload.message(1L << 61).ts())
        .isBetween(Message.MAX_TS - 10_000_000, Message.MAX_TS);
  }

  @Test
  void extremesAreAccepted() {
    Workload workload =
        Workload.from(
            options(100)
                .set(DatagenOptions.AGENTS, 1_000_000_000_000_000_000L)
                .set(DatagenOptions.CUSTOMERS, 1L)
                .set(DatagenOptions.DISORDER, Duration.ofDays(365))
                .set(DatagenOptions.EVENT_RATE, 1e9)
                .set(DatagenOptions.START, "0002-01-01T00:00:00Z"));

    assertThat(messages(workload))
        .allMatch(m -> m.a() >= 1 && m.a() <= 1_000_000_000_000_000_000L && m.b() == 1)
        .allMatch(m -> m.ts() >= Message.MIN_TS);
  }

  @Test
  void optionsOutOfRangeAreNamed() {
    refused(DatagenOptions.COUNT, -1L);
    refused(DatagenOptions.COUNT, Long.MAX_VALUE);
    refused(DatagenOptions.EVENT_RATE, 0.0);
    refused(DatagenOptions.EVENT_RATE, -5.0);
    refused(DatagenOptions.EVENT_RATE, Double.NaN);
    refused(DatagenOptions.EVENT_RATE, Double.POSITIVE_INFINITY);
    refused(DatagenOptions.DISORDER, Duration.ofMillis(-1));
    refused(DatagenOptions.DISORDER, Duration.ofDays(366));
    refused(DatagenOptions.DUPLICATES, -0.1);
    refused(DatagenOptions.DUPLICATES, 1.0);
    refused(DatagenOptions.DUPLICATES, Double.NaN);
    refused(DatagenOptions.AUTOMATED, -0.1);
    refused(DatagenOptions.AUTOMATED, 1.1);
    refused(DatagenOptions.CLOSES, -0.1);
    refused(DatagenOptions.CLOSES, 1.1);
    refused(DatagenOptions.AGENTS, 0L);
    refused(DatagenOptions.AGENTS, Long.MAX_VALUE);
    refused(DatagenOptions.CUSTOMERS, 0L);
    refused(DatagenOptions.CUSTOMERS, Long.MAX_VALUE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workload.from(desk(0).set(DatagenOptions.CUSTOMERS, 1_000_000_001L)))
        .withMessageContaining("at a support desk");
    refused(DatagenOptions.START, "yesterday");
    refused(DatagenOptions.START, "0001-01-01T00:00:00Z");
    refused(DatagenOptions.START, "+12000-01-01T00:00:00Z");
  }

  private static <T> void refused(ConfigOption<T> option, T value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workload.from(new Configuration().set(option, value)))
        .withMessageStartingWith(option.key() + " must be ")
        .withMessageContaining(String.valueOf(value));
  }

  /** Within five standard deviations of an even spread. */
  private static void evenlyFilled(long[] bins) {
    double expected = (double) LongStream.of(bins).sum() / bins.length;
    for (long n : bins) {
      assertThat((double) n).isCloseTo(expected, within(5 * Math.sqrt(expected)));
    }
  }

  private static Configuration options(long count) {
    return new Configuration().set(DatagenOptions.COUNT, count);
  }

  private static Configuration desk(long count) {
    return options(count)
        .set(DatagenOptions.TRAFFIC, Traffic.SUPPORT_DESK)
        .set(DatagenOptions.EVENT_RATE, 1.0);
  }

  private static List<Message> messages(Workload workload) {
    return LongStream.range(0, workload.end()).mapToObj(workload::message).toList();
  }
}
