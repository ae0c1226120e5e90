package io.firstresponse.cluster;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * Generated messages, sent to a topic of four partitions piece by piece or at a steady rate, and
 * the job's options.
 */
final class TopicFeed implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int PARTITIONS = 4;

  private final TestTopic topic;
  private final TestDatabase database;
  private final List<String> options;
  private final Workload workload;
  private long messages;
  private long sent;
  private Thread flow;
  private volatile boolean flowing;
  private volatile Exception failure;

  /**
   * @param messages how many there are; 0 for as many as {@linkplain #flow flow}
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
    workload = Workload.from(JobOptions.parse(options.toArray(String[]::new)));
  }

  /** Of a job that reads the topic and writes into the database. */
  List<String> options() {
    return options;
  }

  /** The same for a job that writes into another database. */
  List<String> optionsInto(TestDatabase other) {
    List<String> changed = new ArrayList<>(options);
    changed.set(changed.indexOf("--sink.jdbc.url") + 1, other.url());
    return changed;
  }

  /** Begins to send so many a second, until {@link #finish}. */
  void flow(int rate) {
    long start = System.nanoTime();
    flowing = true;
    flow =
        new Thread(
            () -> {
              try {
                while (flowing) {
                  sendUpTo((System.nanoTime() - start) * rate / TimeUnit.SECONDS.toNanos(1));
                  LockSupport.parkNanos(PACE_NANOS);
                }
              } catch (Exception e) {
                failure = e;
              }
            },
            "topic-feed");
    flow.setDaemon(true);
    flow.start();
  }

  /**
   * Ends the flow: what has been sent is all there is.
   *
   * @return how many messages that were
   */
  long finish() throws Exception {
    stopFlow();
    if (failure != null) {
      throw failure;
    }
    messages = sent;
    sendUpTo(messages);
    return messages;
  }

  private void stopFlow() throws InterruptedException {
    flowing = false;
    flow.join();
  }

  /**
   * Sends messages up to one. After the last one comes another, so that the watermark passes all.
   */
  void sendUpTo(long end) throws Exception {
    for (; sent < end; sent++) {
      topic.send((int) (sent % PARTITIONS), workload.message(sent));
    }
    if (end == messages && !flowing) {
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
  public void close() throws InterruptedException {
    if (flow != null) {
      stopFlow();
    }
    topic.close();
  }
}
