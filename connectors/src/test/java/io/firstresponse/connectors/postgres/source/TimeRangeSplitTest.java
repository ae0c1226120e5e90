package io.firstresponse.connectors.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.firstresponse.connectors.postgres.connection.TimestampRange;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How a range of time is cut, and what a checkpoint keeps of the parts. */
class TimeRangeSplitTest {

  private static final long BEGINNING = TimeRangeSplit.BEGINNING;

  private final TimeRangeSplitSerializer splits = new TimeRangeSplitSerializer();
  private final TimeRangeListSerializer lists = new TimeRangeListSerializer();

  @Test
  void partsAreEvenBetweenTheFirstAndTheLastTime() {
    assertThat(TimeRangeSplit.cut(0, 1_000, 100, 399, 3))
        .containsExactly(
            new TimeRangeSplit(0, 0, 200, false),
            new TimeRangeSplit(1, 200, 300, false),
            new TimeRangeSplit(2, 300, 1_000, false));
  }

  @Test
  void rowsWithoutATimeBelongToTheFirstPartIfThereIsNoBeginning() {
    assertThat(TimeRangeSplit.cut(BEGINNING, 1_000, 100, 399, 2))
        .containsExactly(
            new TimeRangeSplit(0, BEGINNING, 250, true), new TimeRangeSplit(1, 250, 1_000, false));
  }

  @Test
  void aMomentIsOnePart() {
    assertThat(TimeRangeSplit.cut(BEGINNING, 8, 7, 7, 64))
        .containsExactly(new TimeRangeSplit(0, BEGINNING, 8, true));
  }

  @Test
  void partsFollowOneAnotherWithoutAGap() {
    Random random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      long first = TimestampRange.EARLIEST_MICROS + random.nextLong(1L << 58);
      long last = first + random.nextLong(1L << random.nextInt(1, 56));
      int atMost = random.nextInt(1, 300);
      List<TimeRangeSplit> parts = TimeRangeSplit.cut(first - 5, last + 1, first, last, atMost);
      assertThat(parts).hasSizeBetween(1, atMost);
      long next = first - 5;
      for (TimeRangeSplit part : parts) {
        assertThat(part.from()).isEqualTo(next);
        assertThat(part.to()).isGreaterThan(part.from());
        next = part.to();
      }
      assertThat(next).isEqualTo(last + 1);
    }
  }

  @Test
  void theBytesOfVersionOneStayWhatTheyAre() throws IOException {
    byte[] bytes =
        HexFormat.of().parseHex("00000003" + "8000000000000000" + "00000000000003e8" + "01");
    TimeRangeSplit split = new TimeRangeSplit(3, BEGINNING, 1_000, true);

    assertThat(splits.getVersion()).isEqualTo(1);
    assertThat(splits.serialize(split)).isEqualTo(bytes);
    assertThat(splits.deserialize(1, bytes)).isEqualTo(split);
    assertThat(lists.getVersion()).isEqualTo(1);
    assertThat(lists.deserialize(1, bytes)).containsExactly(split);
    assertThat(lists.serialize(List.of())).isEmpty();
  }

  @Test
  void otherBytesAreRefused() {
    byte[] bytes = splits.serialize(new TimeRangeSplit(0, 1, 2, false));
    assertThatIOException()
        .isThrownBy(() -> splits.deserialize(2, bytes))
        .withMessageContaining("version 2");
    assertThatIOException()
        .isThrownBy(() -> lists.deserialize(1, Arrays.copyOf(bytes, bytes.length - 1)))
        .withMessageContaining("ends early");
    assertThatIOException()
        .isThrownBy(() -> splits.deserialize(1, new byte[0]))
        .withMessageContaining("0 splits");
  }
}
