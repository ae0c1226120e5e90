package io.firstresponse.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.local.inspect.Findings.Finding;
import io.firstresponse.local.inspect.Settings.Order;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {

  private static final long HOUR = Duration.ofHours(1).toSeconds();
  private static final long DAYS = 24 * HOUR;

  /** Conversations that look right: 20 customers, each asks twice and is answered twice. */
  private static Feed conversations() {
    Feed feed = new Feed();
    for (int b = 100; b < 120; b++) {
      feed.asks(b, 1, 60L * b).answers(b, 2, 60L * b + 30);
      feed.asks(b, 1, 60L * b + 50).answers(b, 2, 60L * b + 55);
    }
    return feed;
  }

  private static void assertOne(Feed feed, String... parts) {
    List<String> findings = feed.findings();
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0)).contains(parts);
  }

  @Test
  void ordinaryConversationsHaveNone() {
    assertThat(conversations().findings()).isEmpty();
    assertThat(new Feed().findings()).isEmpty();
  }

  @Test
  void allFromCustomers() {
    assertOne(new Feed().asks(7, 1, 0).asks(8, 1, 1).asks(9, 1, 2), "All 3", "from customers");
  }

  @Test
  void allFromAgents() {
    assertOne(new Feed().answers(7, 1, 0).answers(8, 1, 1).answers(9, 1, 2), "from agents");
  }

  @Test
  void customersOfOneDirectionEach() {
    assertOne(
        new Feed().asks(7, 1, 0).asks(8, 1, 1).answers(1, 7, 2).answers(2, 8, 3),
        "No customer has messages of both directions");
  }

  @Test
  void aDirectionTheWrongWayRound() {
    Feed feed = new Feed();
    for (int b = 100; b < 120; b++) {
      feed.answers(b, 1, 60L * b).asks(b, 2, 60L * b + 30);
    }
    assertThat(feed.findings())
        .hasSize(2)
        .anyMatch(text -> text.contains("20 heard from an agent first"))
        .anyMatch(text -> text.contains("never answered, 20 of 20"));
  }

  @Test
  void mostSessionsWithoutAnAnswer() {
    Feed feed = new Feed();
    for (int b = 100; b < 104; b++) {
      feed.asks(b, 1, 60L * b);
    }
    feed.asks(99, 1, 10).answers(99, 1, 20);
    assertOne(feed, "Most sessions were never answered, 4 of 5");
  }

  @Test
  void agentsWhoLookLikeCustomers() {
    Feed feed = new Feed();
    for (int i = 0; i < 30; i++) {
      feed.asks(i % 3, 5, 100L * i).answers(i % 3, 1_000 + i, 100L * i + 50);
    }
    assertOne(feed, "30 agents wrote to 3 customers, 30 of them only once", "a and b exchanged");
  }

  @Test
  void aLabelThatNamesAConversation() {
    Feed feed = new Feed();
    for (int b = 100; b < 130; b++) {
      String labels = "{\"team\":\"a\",\"ticket\":\"%d\"}".formatted(b);
      feed.add(Feed.labelled(Feed.message(1, b, 60L * b, false), labels))
          .answers(b, 1, 60L * b + 30);
    }
    assertOne(feed, "Label ticket has 30 values in 30 messages of customers");
  }

  @Test
  void oneCustomerWithAThirdOfAll() {
    Feed feed = conversations();
    for (int i = 0; i < 25; i++) {
      feed.asks(0, 1, 100_000 + 100L * i).answers(0, 1, 100_000 + 100L * i + 50);
    }
    assertOne(feed, "Customer 0 has 50 of the 130 messages");
  }

  @Test
  void timesIn1970AreAnotherUnit() {
    Feed feed = new Feed();
    long seconds = 1_534_291_200;
    feed.add(new Message(1, 2, seconds * 1_000, false));
    feed.add(new Message(1, 2, seconds * 1_000 + 60_000, true));
    assertThat(Findings.of(feed.inspection()))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.text())
                    .contains("All 2 messages are from before 1990", "than milliseconds"))
        .extracting(Finding::options)
        .isEqualTo(List.of("--messages.epoch-unit", "seconds"));
  }

  @Test
  void someTimesAreUnlikely() {
    Feed feed = conversations().add(new Message(1, 100, 0, false));
    assertOne(feed, "Messages from before 1990: 1", "1970-01-01T00:00:00Z");
    feed = conversations().add(new Message(1, 100, 4_000_000_000_000_000L, true));
    assertOne(feed, "after next year", "2096-");
  }

  /** Four weeks of an office that is open from 9 to 18. */
  private static Feed office(String zone, long shiftHours) {
    Feed feed = new Feed(zone, Order.ONE_AFTER_ANOTHER);
    for (int day = 0; day < 14; day++) {
      for (int i = 0; i < 18; i++) {
        long at = day * DAYS + (9 + shiftHours) * HOUR + i * HOUR / 2;
        feed.asks(100 + i, 1, at).answers(100 + i, 2, at + 60);
      }
    }
    return feed;
  }

  @Test
  void hoursAtWhichNobodyWrites() {
    assertThat(office("UTC", 0).findings()).isEmpty();
    assertThat(office("Asia/Tokyo", -9).findings()).isEmpty();
    assertThat(office("UTC", 12).findings())
        .singleElement()
        .asString()
        .contains("Hardly anybody writes from 6:00 to 12:00 (UTC)", "messages.time-zone");
  }

  @Test
  void localTimesAtChangesOfTheClocks() {
    Inspection inspection = conversations().inspection();
    inspection.takeDoubtfulLocalTime(true);
    inspection.takeDoubtfulLocalTime(true);
    inspection.takeDoubtfulLocalTime(false);
    assertThat(Findings.of(inspection))
        .singleElement()
        .extracting(Finding::text)
        .asString()
        .contains("2 occur twice", "1 do not exist");
  }
}
