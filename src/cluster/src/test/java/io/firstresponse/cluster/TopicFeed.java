package io.firstresponse.cluster;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.TestDatabase;
import io.firstresponse.job.TestTopic;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.options.OptionParser;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Count;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Generated messages, sent to a topic of four partitions piece by piece, and the job's options. */
final class TopicFeed implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int PARTITIONS = 4;

  private final TestTopic topic;
  private final TestDatabase database;
  private final List<String> options;
  private final Workload workload;
  private final long messages;
  private long sent;

  /**
   * @param messages how many there are
   * @param more options of the job
   */
  TopicFeed(TestDatabase database, long messages, String... more) throws Exception {
    this.database = database;
    this.messages = messages;
    topic = TestTopic.create(PARTITIONS);
    List<String> all =
        new ArrayList<>(
            List.of(
                "--source.datagen.count", Long.toString(messages),
                "--source.datagen.event-rate", "1000",
                "--source.datagen.customers", "500",
                "--source.datagen.disorder", "10 s",
                "--source.datagen.duplicates", "0.02",
                "--event-time.max-out-of-orderness", "10 s",
                "--sink.jdbc.flush-interval", "200 ms"));
    all.addAll(List.of(more));
    options = Arrays.asList(database.arguments(topic.source(all.toArray(String[]::new))));
    workload = Workload.from(OptionParser.parse(options.toArray(String[]::new)));
  }

  /** Of a job that reads the topic and writes into the database. */
  List<String> options() {
    return options;
  }

  /**
   * Sends messages up to one. After the last one comes another, so that the watermark passes all.
   */
  void sendUpTo(long end) throws Exception {
    for (; sent < end; sent++) {
      topic.send((int) (sent % PARTITIONS), workload.message(sent));
    }
    if (end == messages) {
      long last =
          LongStream.range(0, messages).map(i -> workload.message(i).ts()).max().orElseThrow();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        topic.send(partition, new Message(1, -1, last + 3_600_000_000L, true));
      }
    }
    topic.flush();
  }

  /** Waits until a job has read so many. */
  void awaitRead(FlinkCluster cluster, String job, long count) throws Exception {
    cluster.await(job, "RUNNING");
    Await.until(
        count + " messages read",
        LIMIT,
        () -> cluster.counts(job).getOrDefault(Count.READ.metric(), 0L) >= count);
  }

  /** Waits until a job has taken all messages into sessions, and a checkpoint has the rows. */
  void awaitUsed(FlinkCluster cluster, String job) throws Exception {
    Await.until(
        "all but the last to be used",
        LIMIT,
        () -> cluster.counts(job).getOrDefault(Count.USED.metric(), 0L) == messages);
    int checkpoints = cluster.checkpoints(job);
    Await.until("a checkpoint", LIMIT, () -> cluster.checkpoints(job) > checkpoints + 1);
  }

  /** What differs between the table and the window query over all messages. */
  List<String> differences() throws Exception {
    database.store(LongStream.range(0, messages).mapToObj(workload::message));
    return database.differences();
  }

  @Override
  public void close() {
    topic.close();
  }
}
