package io.firstresponse.job.source.datagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatagenStateTest {

  private final DatagenSplitSerializer splits = new DatagenSplitSerializer();
  private final DatagenEnumeratorStateSerializer states = new DatagenEnumeratorStateSerializer();

  @Test
  void splitsComeBackAsTheyWere() throws IOException {
    for (DatagenSplit split :
        List.of(
            DatagenSplit.atStart(0, 1),
            DatagenSplit.atStart(6, 7),
            new DatagenSplit(3, 4, 4_000_000_000_003L),
            new DatagenSplit(0, 1, Long.MAX_VALUE))) {
      assertThat(splits.deserialize(1, splits.serialize(split))).isEqualTo(split);
    }
  }

  @Test
  void enumeratorStatesComeBackAsTheyWere() throws IOException {
    for (DatagenEnumeratorState state :
        List.of(
            new DatagenEnumeratorState(List.of()),
            new DatagenEnumeratorState(
                List.of(DatagenSplit.atStart(0, 3), new DatagenSplit(2, 3, 302))))) {
      assertThat(states.deserialize(1, states.serialize(state))).isEqualTo(state);
    }
  }

  @Test
  void theBytesOfVersionOneStayWhatTheyAre() throws IOException {
    byte[] split = HexFormat.of().parseHex("0000000300000004" + "0000000000000007");

    assertThat(splits.getVersion()).isEqualTo(1);
    assertThat(splits.serialize(new DatagenSplit(3, 4, 7))).isEqualTo(split);
    assertThat(states.getVersion()).isEqualTo(1);
    assertThat(states.deserialize(1, split).unassigned())
        .containsExactly(new DatagenSplit(3, 4, 7));
  }

  @Test
  void unknownVersionsAreRefused() {
    byte[] bytes = splits.serialize(DatagenSplit.atStart(0, 1));

    assertThatIOException()
        .isThrownBy(() -> splits.deserialize(2, bytes))
        .withMessageContaining("version 2");
    assertThatIOException()
        .isThrownBy(() -> states.deserialize(2, bytes))
        .withMessageContaining("version 2");
  }

  @Test
  void damagedBytesAreRefused() {
    byte[] bytes = splits.serialize(new DatagenSplit(3, 4, 7));
    byte[] tooShort = Arrays.copyOf(bytes, bytes.length - 1);
    byte[] impossible = bytes.clone();
    impossible[bytes.length - 1]++;

    for (byte[] damaged : List.of(tooShort, impossible)) {
      assertThatIOException().isThrownBy(() -> splits.deserialize(1, damaged));
      assertThatIOException().isThrownBy(() -> states.deserialize(1, damaged));
    }
  }

  @Test
  void impossibleSplitsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new DatagenSplit(-1, 4, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> new DatagenSplit(4, 4, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> new DatagenSplit(0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new DatagenSplit(1, 4, 6));
    assertThatIllegalArgumentException().isThrownBy(() -> new DatagenSplit(0, 4, -4));
  }
}
