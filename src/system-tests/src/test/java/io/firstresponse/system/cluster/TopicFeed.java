package io.firstresponse.system.cluster;

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
 * Sends generated messages to a topic of four partitions, in steps or at a steady rate, and has the
 * options of a job that reads them.
 */
public final class TopicFeed implements AutoCloseable {

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
   * A new topic.
   *
   * @param messages the number of messages; 0 if {@link #flow} determines it
   * @param more options of the job
   */
  public TopicFeed(TestDatabase database, long messages, String... more) throws Exception {
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

  /** The options of a job that reads the topic and writes to the database. */
  public List<String> options() {
    return options;
  }

  /** The options of a job that writes to another database. */
  public List<String> optionsInto(TestDatabase other) {
    List<String> changed = new ArrayList<>(options);
    changed.set(changed.indexOf("--sink.jdbc.url") + 1, other.url());
    return changed;
  }

  /** Starts to send messages at a rate per second, until {@link #finish}. */
  public void flow(int rate) {
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
   * Ends the flow of messages.
   *
   * @return the number of messages sent
   */
  public long finish() throws Exception {
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
   * Sends messages up to an index. After the last one it sends a later message, so that the
   * watermark passes all.
   */
  public void sendUpTo(long end) throws Exception {
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

  /** Waits until a job has read this number of messages. */
  public void awaitRead(FlinkCluster cluster, String job, long count) throws Exception {
    cluster.await(job, "RUNNING");
    Await.until(
        count + " messages read",
        LIMIT,
        () -> cluster.counts(job).getOrDefault(Count.READ.metric(), 0L) >= count);
  }

  /** Waits until a job has used all messages, and a checkpoint has completed after that. */
  public void awaitUsed(FlinkCluster cluster, String job) throws Exception {
    Await.until(
        "all but the last to be used",
        LIMIT,
        () -> cluster.counts(job).getOrDefault(Count.USED.metric(), 0L) == messages);
    int checkpoints = cluster.checkpoints(job);
    Await.until("a checkpoint", LIMIT, () -> cluster.checkpoints(job) > checkpoints + 1);
  }

  /** The differences between the table and the window query over all messages. */
  public List<String> differences() throws Exception {
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
