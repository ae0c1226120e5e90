package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.JobRun;
import io.firstresponse.job.testing.JobRun.Leaves;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestTopic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Input that ends, read by jobs that go on from a savepoint: the runtime mode is left to Flink. */
class EndedInputIT {

  private static final int MESSAGES = 4_000;
  private static final long SECOND = 1_000_000L;

  /** 2018-08-15T10:00:00Z. */
  private static final long START = 1_534_327_200L * SECOND;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(4);

  @TempDir Path folder;

  /** A partition is read to its end before the savepoint, and the other one is not. */
  @Test
  void aTopicEndsWhereItEndedWhenTheJobFirstStarted() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic = TestTopic.create(2)) {
      List<Message> messages = messages(0, MESSAGES);
      for (Message message : messages) {
        topic.send(message.b() < 2 ? 0 : 1, message);
      }
      topic.flush();
      Configuration options =
          database.options(
              topic.source(
                  "--source.kafka.end", "latest",
                  "--event-time.idle-timeout", "0 s",
                  "--event-time.max-out-of-orderness", "10 s"));
      Configuration flink = JobRun.settings("hashmap", folder);
      JobRun first = JobRun.startSlowly(flink, 1, options, 100, folder);
      first.awaitUsed(200);
      String state = first.end(Leaves.CANONICAL_SAVEPOINT);

      for (Message later : messages(MESSAGES, MESSAGES + 100)) {
        topic.send((int) later.b() % 2, later);
      }
      topic.flush();
      assertThat(goesOn(database, options, state, messages))
          .isEqualTo(new Conservation(MESSAGES, MESSAGES, 0, 0, 0));

      assertUnfit(
          database.options(topic.source()),
          state,
          "source.kafka.end latest, and this job has never: the partitions in it would end where"
              + " they did");
    }
  }

  @Test
  void aTopicWithoutEndIsNotGivenOneByASavepoint() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic = TestTopic.create(1)) {
      messages(0, MESSAGES).forEach(message -> topic.send(0, message));
      topic.flush();
      Configuration flink = JobRun.settings("hashmap", folder);
      JobRun first = JobRun.startSlowly(flink, 1, database.options(topic.source()), 300, folder);
      first.awaitUsed(50);
      assertUnfit(
          database.options(topic.source("--source.kafka.end", "latest")),
          first.end(Leaves.CANONICAL_SAVEPOINT),
          "source.kafka.end never, and this job has latest: the partitions in it would never end");
    }
  }

  @Test
  void aTableIsReadToTheSameEnd() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      List<Message> messages = messages(0, MESSAGES);
      database.store(messages.stream());
      Configuration options = table(database, "--source.postgres.to", "2018-08-16T00:00:00Z");
      Configuration flink = JobRun.settings("hashmap", folder);
      JobRun first = JobRun.startSlowly(flink, 2, options, 300, folder);
      first.awaitUsed(50);
      String state = first.end(Leaves.CANONICAL_SAVEPOINT);

      assertUnfit(
          table(database, "--source.postgres.to", "2018-08-17T00:00:00Z"),
          state,
          "a PostgreSQL table up to 2018-08-16T00:00:00Z, and this job reads it up to"
              + " 2018-08-17T00:00:00Z");
      assertUnfit(table(database), state, "and this job reads it without end");
      // The last rows of each part come again.
      assertThat(goesOn(database, options, state, messages).holds()).isTrue();
      assertThat(database.count("select count(*) from tbl_late")).isZero();
    }
  }

  @Test
  void aTableThatIsReadWithoutEndIsNotGivenOneByASavepoint() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      database.store(messages(0, MESSAGES).stream());
      Configuration flink = JobRun.settings("hashmap", folder);
      JobRun first = JobRun.startSlowly(flink, 1, table(database), 300, folder);
      first.awaitUsed(50);
      assertUnfit(
          table(database, "--source.postgres.to", "2018-08-16T00:00:00Z"),
          first.end(Leaves.CANONICAL_SAVEPOINT),
          "a PostgreSQL table without end, and this job reads it up to 2018-08-16T00:00:00Z");
    }
  }

  /** As {@code flink run -s} does where the runtime mode is as shipped. */
  private JobRun restored(Configuration options, String state) throws Exception {
    Configuration flink = JobRun.settings("hashmap", folder);
    flink.setString("execution.runtime-mode", "AUTOMATIC");
    return JobRun.start(flink, 2, options, Optional.of(state), folder);
  }

  private Conservation goesOn(
      TestDatabase database, Configuration options, String state, List<Message> messages)
      throws Exception {
    Conservation all = restored(options, state).finish();
    database.execute("truncate tbl");
    database.store(messages.stream());
    assertThat(database.differences()).isEmpty();
    assertThat(database.strings("select complete_through from data_complete_through"))
        .containsExactly("infinity");
    return all;
  }

  private void assertUnfit(Configuration options, String state, String line) {
    assertThatThrownBy(() -> restored(options, state).finish()).hasStackTraceContaining(line);
  }

  private static Configuration table(TestDatabase database, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--source.type",
                "postgres",
                "--source.postgres.url",
                database.url(),
                "--source.postgres.user",
                EmbeddedPostgresServer.USER,
                "--source.postgres.splits",
                "8",
                "--event-time.idle-timeout",
                "0 s",
                "--event-time.max-out-of-orderness",
                "1 min"));
    args.addAll(List.of(more));
    return database.options(args.toArray(String[]::new));
  }

  /** A second apart, of twenty customers: the first two of them write seldom. */
  private static List<Message> messages(int from, int to) {
    List<Message> messages = new ArrayList<>();
    for (int i = from; i < to; i++) {
      long b = i % 100 < 2 ? i % 2 : 2 + i % 18;
      messages.add(new Message(1, b, START + i * SECOND, i / 7 % 2 == 1));
    }
    return messages;
  }
}
