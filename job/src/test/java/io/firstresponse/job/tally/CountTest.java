package io.firstresponse.job.tally;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CountTest {

  @Test
  void placesInStateAreAppendedOnly() {
    assertThat(Arrays.stream(Count.values()).map(Count::slot)).doesNotHaveDuplicates();
    assertThat(Arrays.stream(Count.values()).map(count -> count.slot() + " " + count.metric()))
        .contains(
            "0 messagesRead",
            "1 messagesIgnored",
            "2 deadLetters",
            "3 messagesFromTheFuture",
            "4 messagesLate",
            "5 messagesUsed",
            "6 sessionsOpened",
            "7 sessionsAnswered",
            "8 sessionsCorrected",
            "9 messagesBefore1990",
            "10 messagesAfterNextYear",
            "11 messagesWithBadTimestamp",
            "12 messagesWaiting",
            "13 messagesUnpublished",
            "14 recordsSkipped",
            "15 messagesFurther",
            "16 eventsRead",
            "17 handoversRead",
            "18 sessionsClosed");
  }
}
