package io.firstresponse.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Session;
import org.junit.jupiter.api.Test;

class PeopleTest {

  @Test
  void areCounted() {
    People people = new People();
    people.take(Feed.message(1, 70, 0, false));
    people.take(Feed.message(2, 70, 1, true));
    people.take(Feed.message(Session.NOBODY, 71, 2, false));
    people.take(Feed.message(2, 72, 3, true));
    people.take(Feed.message(3, 72, 4, true));
    assertThat(people.agents()).isEqualTo(3);
    assertThat(people.agentsWhoWrote(1)).isEqualTo(2);
    assertThat(people.agentsWhoWrote(2)).isEqualTo(1);
    assertThat(people.customers()).isEqualTo(3);
    assertThat(people.customersOfBothDirections()).isEqualTo(1);
    assertThat(people.agentWroteFirst()).isZero();
    int busiest = people.busiest().orElseThrow();
    assertThat(people.customer(busiest)).isEqualTo(70);
    assertThat(people.messagesOf(busiest)).isEqualTo(2);
  }

  /** By time, not by arrival; at the same time the customer's comes first. */
  @Test
  void whoWroteFirstDependsOnTime() {
    People people = new People();
    people.take(Feed.message(1, 70, 10, true));
    people.take(Feed.message(1, 70, 20, false));
    assertThat(people.agentWroteFirst()).isEqualTo(1);
    people.take(Feed.message(1, 70, 5, false));
    assertThat(people.agentWroteFirst()).isZero();
    people.take(Feed.message(1, 71, 10, false));
    people.take(Feed.message(1, 71, 10, true));
    people.take(Feed.message(1, 72, 10, true));
    people.take(Feed.message(1, 72, 10, false));
    assertThat(people.agentWroteFirst()).isZero();
  }

  @Test
  void areBounded() {
    People people = new People(1_000);
    for (int i = 0; i < 1_000; i++) {
      people.take(Feed.message(i, 10_000L * i, i, false));
    }
    assertThat(people.isFull()).isFalse();
    people.take(Feed.message(5, 50_000, 0, true));
    assertThat(people.isFull()).isFalse();
    people.take(Feed.message(1_000, 7, 0, true));
    assertThat(people.isFull()).isTrue();
    assertThat(people.agents()).isEqualTo(1_000);
    assertThat(people.customers()).isEqualTo(1_000);
    assertThat(people.customersOfBothDirections()).isEqualTo(1);
  }

  @Test
  void duplicatesAreFoundAmongThoseRemembered() {
    MessageCounts counts = new MessageCounts(Feed.NOW, 3);
    counts.take(Feed.message(1, 2, 3, true));
    counts.take(Feed.message(1, 2, 3, false));
    counts.take(Feed.message(1, 2, 3, true));
    counts.take(Feed.message(2, 1, 3, true));
    assertThat(counts.duplicates()).isEqualTo(1);
    assertThat(counts.isFull()).isFalse();
    counts.take(Feed.message(9, 9, 9, true));
    counts.take(Feed.message(9, 9, 9, true));
    counts.take(Feed.message(1, 2, 3, false));
    assertThat(counts.duplicates()).isEqualTo(2);
    assertThat(counts.isFull()).isTrue();
    assertThat(counts.all()).isEqualTo(7);
    assertThat(counts.ofAgents()).isEqualTo(5);
  }
}
