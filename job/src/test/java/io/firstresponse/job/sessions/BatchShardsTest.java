package io.firstresponse.job.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.DueMessages;
import io.firstresponse.job.domain.FinalSessions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.Shard;
import io.firstresponse.job.domain.Shards;
import io.firstresponse.job.testing.Traces;
import io.firstresponse.job.testing.WindowQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A batch gives the sessions of the window query, whatever fits the heap. */
class BatchShardsTest {

  private static final int SHARDS = 5;

  @Test
  void sessionsAreTheWindowQuerysWhateverFitsTheHeap() throws Exception {
    for (long seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      Traces trace = Traces.of(seed);
      ResponseMode mode =
          random.nextBoolean() ? ResponseMode.ANY_AGENT : ResponseMode.ADDRESSED_AGENT;
      long bytes = random.nextInt(20) * 24L;
      List<Session> sessions = new ArrayList<>();
      FinalSessions found =
          new FinalSessions(
              change -> {
                assertThat(change).isEqualTo(SessionChange.settled(change.session(), true));
                sessions.add(change.session());
              });
      DueMessages due = new DueMessages(mode);
      BatchShards shards = new BatchShards(() -> bytes, 1 + random.nextInt(4));
      try {
        for (Message message : trace.messages()) {
          shards.current(Shards.of(mode, message.b(), message.a(), SHARDS)).add(message);
        }
        for (int key = 0; key < SHARDS; key++) {
          Shard shard = shards.current(key);
          if (shard.waits()) {
            shard.takeThrough(Long.MAX_VALUE, due);
            found.settle(due, shard.openSessions());
            due.clear();
            assertThat(shard.waits()).isFalse();
          }
          shards.release(key, shard);
        }
      } finally {
        shards.close();
      }
      sessions.sort(WindowQuery.ROW_ORDER);
      assertThat(sessions)
          .as("seed %d, %s, %d bytes", seed, mode, bytes)
          .isEqualTo(WindowQuery.sessions(mode, trace.messages()));
    }
  }
}
