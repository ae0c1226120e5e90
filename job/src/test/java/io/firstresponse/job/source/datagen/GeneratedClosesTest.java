package io.firstresponse.job.source.datagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.source.datagen.DatagenOptions.Traffic;
import io.firstresponse.job.testing.WindowQuery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Closes that are generated. */
class GeneratedClosesTest {

  @Test
  void closesOfEvenTrafficAreInPlaceOfMessages() {
    List<Message> without = messages(Workload.from(options(100_000)));
    List<Message> with = messages(Workload.from(options(100_000).set(DatagenOptions.CLOSES, 0.05)));

    int closes = 0;
    for (int i = 0; i < with.size(); i++) {
      Message message = with.get(i);
      Message instead = without.get(i);
      closes += message.closes() ? 1 : 0;
      assertThat(message)
          .isEqualTo(
              message.closes() ? Message.close(instead.a(), instead.b(), instead.ts()) : instead);
    }
    assertThat(closes / 100_000.0).isCloseTo(0.05, within(0.005));
    assertThat(without).noneMatch(Message::closes);
  }

  @ParameterizedTest
  @CsvSource({"0.9, 0", "0.5, 0", "1, 0.2"})
  void aSupportDeskClosesConversations(double closes, double duplicates) {
    List<Message> messages =
        messages(
            Workload.from(
                desk(60_000)
                    .set(DatagenOptions.CUSTOMERS, 50L)
                    .set(DatagenOptions.DUPLICATES, duplicates)
                    .set(DatagenOptions.CLOSES, closes)));

    Map<Long, Set<Message>> byCustomer = new HashMap<>();
    for (Message message : messages) {
      byCustomer.computeIfAbsent(message.b(), b -> new HashSet<>()).add(message);
    }
    double visits = 60_000 / 12.0;
    assertThat((double) byCustomer.size()).isCloseTo(visits, within(100.0));
    List<Message> ends = new ArrayList<>();
    byCustomer
        .values()
        .forEach(
            all -> {
              List<Message> closings = all.stream().filter(Message::closes).toList();
              assertThat(closings).hasSizeLessThan(2);
              ends.addAll(closings);
              assertThat(closings).allMatch(end -> all.stream().allMatch(m -> m.ts() <= end.ts()));
            });
    assertThat(ends.size() / visits).isCloseTo(closes * (1 - duplicates), within(0.03));
    List<Session> sessions = WindowQuery.sessions(ResponseMode.ANY_AGENT, messages);
    double closed = sessions.stream().filter(Session::isClosed).count();
    assertThat(closed / ends.size()).as("said thanks").isBetween(0.45, 0.7);
    // Of the customers at the end some wait, and few before.
    assertThat(sessions.stream().filter(Session::isOpen).count() / visits).isLessThan(0.03);
    assertThat(sessions.size() / visits).isBetween(1.5, 4.0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 1_000_000_000})
  void anyNumberOfCustomersMayBeAtADeskThatCloses(long customers) {
    List<Message> messages =
        messages(
            Workload.from(
                desk(1_000)
                    .set(DatagenOptions.CUSTOMERS, customers)
                    .set(DatagenOptions.CLOSES, 0.8)));
    assertThat(messages.stream().map(Message::kind)).contains(MessageKind.values());
    assertThat(messages).allMatch(message -> message.b() > 0);
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
