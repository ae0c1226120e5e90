package io.firstresponse.job.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Shards;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardKeyTest {

  private static final int KEY_GROUPS = 720;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 128, KEY_GROUPS, 1 << 15})
  void aShardLiesInTheKeyGroupOfItsNumber(int keyGroups) {
    ShardKey keys = new ShardKey(ResponseMode.ANY_AGENT, keyGroups);
    for (long b = -1_000; b < 1_000; b++) {
      int key = keys.getKey(new Message(1, b, 0, false));
      assertThat(KeyGroupRangeAssignment.assignToKeyGroup(key, keyGroups))
          .isEqualTo(Shards.of(ResponseMode.ANY_AGENT, b, 1, keyGroups));
    }
  }

  @ParameterizedTest
  @EnumSource
  void customersAreSpreadEvenly(ResponseMode mode) {
    int[] customers = new int[KEY_GROUPS];
    LongStream.range(0, 1_000L * KEY_GROUPS)
        .forEach(b -> customers[Shards.of(mode, b, b % 7, KEY_GROUPS)]++);
    assertThat(IntStream.of(customers)).allMatch(count -> count > 850 && count < 1_150);
  }

  @Test
  void anAgentPartsTheCustomersOfAddressedAgentModeOnly() {
    assertThat(shardsOfAHundredAgents(ResponseMode.ANY_AGENT)).isOne();
    assertThat(shardsOfAHundredAgents(ResponseMode.ADDRESSED_AGENT)).isGreaterThan(80);
  }

  private static long shardsOfAHundredAgents(ResponseMode mode) {
    return LongStream.range(0, 100)
        .mapToInt(a -> Shards.of(mode, 7, a, KEY_GROUPS))
        .distinct()
        .count();
  }

  /** State in savepoints is found by these. */
  @Test
  void neitherShardsNorKeysEverChange() {
    assertThat(
            LongStream.of(0, 1, -1, 1L << 40, Long.MIN_VALUE)
                .mapToInt(b -> Shards.of(ResponseMode.ANY_AGENT, b, 9, KEY_GROUPS)))
        .containsExactly(635, 407, 643, 89, 202);
    assertThat(Shards.of(ResponseMode.ADDRESSED_AGENT, 1, 9, KEY_GROUPS)).isEqualTo(187);
    ShardKey keys = new ShardKey(ResponseMode.ANY_AGENT, KEY_GROUPS);
    assertThat(
            LongStream.of(0, 1, -1, 1L << 40, Long.MIN_VALUE)
                .mapToInt(b -> keys.getKey(new Message(9, b, 0, false))))
        .containsExactly(505, 502, 38, 325, 247);
  }
}
