package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.ownership.TakenOverException;
import io.firstresponse.job.tables.NameSinks;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.testing.TestDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The writers of {@code tbl_agent} and {@code tbl_customer} on PostgreSQL, with their failures. */
class NamesIT {

  private static final int MAX_PARALLELISM = 16;
  private static final String ROWS =
      "select customer, coalesce(id, '-'), coalesce(name, '-'),"
          + " coalesce((extract(epoch from name_ts) * 1000000)::bigint::text, '-')"
          + " from tbl_customer order by customer";

  private TestDatabase database;
  private Configuration options;

  @BeforeEach
  void create() {
    database = TestDatabase.create(ResponseMode.ANY_AGENT);
    options =
        database.options(
            "--source.type", "files", "--source.files.path", "/in", "--messages.ids", "text");
    new TableCheck(new ResultDatabase(options), options).run();
  }

  @AfterEach
  void close() throws Exception {
    database.close();
  }

  @Test
  void theLatestNameCountsWhateverTheOrderOfArrival() throws Exception {
    Sink<Naming> sink = sinks().customers();
    try (var one = writer(sink, 0, 2);
        var other = writer(sink, 1, 2)) {
      write(one, name(1, "Ann", 10), name(2, "Bob", 10), name(3, "Cy", 10), id(4));
      write(one, name(1, "Ann", 30));
      checkpoint(1, one);
      write(other, name(1, "Zoe", 20), name(2, "Ben", 11), name(3, "Cyd", 10), name(4, "Di", 1));
      write(other, id(1), id(2), id(3));
      checkpoint(1, other);
      assertThat(database.strings(ROWS))
          .containsExactly("1 id 1 Ann 30", "2 id 2 Ben 11", "3 id 3 Cyd 10", "4 id 4 Di 1");
      one.endInput();
      other.endInput();
      assertThat(database.strings(ROWS)).hasSize(4);
    }
  }

  @Test
  void namesWrittenByHandStayUntilTheFeedHasOne() throws Exception {
    database.execute(
        "insert into tbl_customer (customer, name) values (1, 'by hand'), (2, 'by hand')",
        "insert into tbl_customer (customer, name, name_ts) values (3, 'for good', 'infinity')");
    try (var writer = writer(sinks().customers(), 0, 1)) {
      write(writer, id(1), name(2, "Bob", 10), name(3, "Cy", 10));
      writer.endInput();
    }
    assertThat(database.strings("select customer, id, name from tbl_customer order by 1"))
        .containsExactly("1 id 1 by hand", "2 id 2 Bob", "3 id 3 for good");
  }

  /** In one batch, between tasks, and with a row of an earlier run. */
  @Test
  void idsWithOneKeyAreReported() throws Exception {
    database.execute("insert into tbl_customer (customer, id) values (3, 'of an earlier run')");
    Sink<Naming> sink = sinks().customers();
    try (var one = writer(sink, 0, 2);
        var other = writer(sink, 1, 2)) {
      write(
          one,
          new Naming(1, "a", null, 0),
          new Naming(1, "b", "Bea", 9),
          new Naming(1, "c", null, 0));
      write(one, new Naming(2, "x", null, 0), new Naming(3, "now", null, 0));
      checkpoint(1, one);
      write(other, new Naming(2, "y", "Yve", 5), new Naming(1, "a", null, 0));
      other.endInput();
      one.endInput();
    }
    assertThat(database.strings(ROWS))
        .containsExactly("1 a - -", "2 x - -", "3 of an earlier run - -");
    assertThat(
            database.strings(
                "select origin, reason, convert_from(raw, 'UTF8'), raw_length, detail"
                    + " from tbl_dead_letter order by origin, raw"))
        .containsExactly(
            letter(1, "a", "b"),
            letter(1, "a", "c"),
            letter(2, "x", "y"),
            letter(3, "of an earlier run", "now"));
    // Once more, as after a restart.
    try (var again = writer(sinks().customers(), 0, 1)) {
      write(again, new Naming(1, "b", null, 0), new Naming(1, "a", null, 0));
      again.endInput();
    }
    assertThat(database.count("select count(*) from tbl_dead_letter")).isEqualTo(4);
  }

  private static String letter(long key, String known, String given) {
    return "tbl_customer %d id-collision %s %d the ids '%s' and '%s' have the same key, %d: the job takes them for one"
        .formatted(key, given, given.length(), known, given, key);
  }

  /**
   * Seeded runs with checkpoints and crashes, after which everything since the checkpoint comes
   * again, in other tasks: the table has each id, and its latest name.
   */
  @Test
  void nothingIsLostInACrash() throws Exception {
    for (long seed = 0; seed < Long.getLong("crash.seeds", 8); seed++) {
      database.execute("truncate tbl_customer, tbl_writer");
      new Schedule(new Random(seed)).run();
      assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
    }
  }

  private final class Schedule {

    private final Random random;
    private final Sink<Naming> sink = sinks().customers();
    private final List<List<Naming>> partitions = new ArrayList<>();
    private final Map<Long, Naming> expected = new HashMap<>();
    private int[] offsets;
    private int[] checkpointed;
    private long checkpoint;
    private List<OperatorSubtaskState> states = List.of();
    private List<OneInputStreamOperatorTestHarness<Naming, CommittableMessage<Naming>>> writers =
        List.of();

    Schedule(Random random) {
      this.random = random;
      int count = 1 + random.nextInt(3);
      for (int partition = 0; partition < count; partition++) {
        partitions.add(new ArrayList<>());
      }
      for (int i = 0; i < 300; i++) {
        long key = random.nextInt(40);
        String name = random.nextBoolean() ? "name " + random.nextInt(3) : null;
        Naming naming = new Naming(key, "id " + key, name, random.nextInt(100));
        partitions.get(random.nextInt(count)).add(naming);
        expected.merge(key, naming, Naming::latest);
      }
      offsets = new int[count];
      checkpointed = offsets.clone();
    }

    void run() throws Exception {
      open(false);
      checkpoint();
      while (!ended()) {
        int partition = random.nextInt(partitions.size());
        if (offsets[partition] < partitions.get(partition).size()) {
          Naming naming = partitions.get(partition).get(offsets[partition]++);
          write(writers.get(partition % writers.size()), naming);
        }
        if (random.nextInt(30) == 0) {
          checkpoint();
        }
        if (random.nextInt(80) == 0) {
          crash();
        }
      }
      for (var writer : writers) {
        writer.endInput();
        writer.close();
      }
      List<String> rows = new ArrayList<>();
      expected.keySet().stream().sorted().forEach(key -> rows.add(row(expected.get(key))));
      assertThat(database.strings(ROWS)).isEqualTo(rows);
    }

    private void checkpoint() throws Exception {
      checkpoint++;
      states = new ArrayList<>();
      for (var writer : writers) {
        states.add(NamesIT.checkpoint(checkpoint, writer));
      }
      checkpointed = offsets.clone();
    }

    /** Sometimes those that were given up go on, after others have taken over. */
    private void crash() throws Exception {
      offsets = checkpointed.clone();
      var old = writers;
      boolean suspended = random.nextBoolean();
      if (!suspended) {
        closeAll(old);
      }
      open(true);
      if (suspended) {
        for (var writer : writers) {
          NamesIT.checkpoint(checkpoint, writer);
        }
        for (var zombie : old) {
          assertThatThrownBy(
                  () -> {
                    write(zombie, new Naming(7, "id 7", "ghost", 1_000));
                    zombie.prepareSnapshotPreBarrier(checkpoint);
                  })
              .isInstanceOf(TakenOverException.class);
        }
        closeAll(old);
      }
    }

    /** Each attempt starts from a checkpoint of its own, so that they have an order. */
    private void open(boolean restored) throws Exception {
      int parallelism = 1 + random.nextInt(3);
      checkpoint++;
      writers = new ArrayList<>();
      for (int index = 0; index < parallelism; index++) {
        var harness = harness(sink, index, parallelism);
        if (restored) {
          harness.setRestoredCheckpointId(checkpoint);
          harness.initializeState(
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  AbstractStreamOperatorTestHarness.repackageState(
                      states.toArray(OperatorSubtaskState[]::new)),
                  MAX_PARALLELISM,
                  states.size(),
                  parallelism,
                  index));
        }
        harness.open();
        writers.add(harness);
      }
    }

    private boolean ended() {
      for (int partition = 0; partition < offsets.length; partition++) {
        if (offsets[partition] < partitions.get(partition).size()) {
          return false;
        }
      }
      return true;
    }
  }

  private static void closeAll(
      List<OneInputStreamOperatorTestHarness<Naming, CommittableMessage<Naming>>> writers)
      throws Exception {
    for (var writer : writers) {
      writer.close();
    }
  }

  private static String row(Naming naming) {
    return "%d %s %s %s"
        .formatted(
            naming.key(),
            naming.id(),
            naming.name() == null ? "-" : naming.name(),
            naming.name() == null ? "-" : naming.ts());
  }

  private NameSinks sinks() {
    return new ResultDatabase(options).names().orElseThrow();
  }

  private static OneInputStreamOperatorTestHarness<Naming, CommittableMessage<Naming>> writer(
      Sink<Naming> sink, int index, int parallelism) throws Exception {
    var harness = harness(sink, index, parallelism);
    harness.open();
    return harness;
  }

  private static OneInputStreamOperatorTestHarness<Naming, CommittableMessage<Naming>> harness(
      Sink<Naming> sink, int index, int parallelism) throws Exception {
    return new OneInputStreamOperatorTestHarness<>(
        new SinkWriterOperatorFactory<>(sink), MAX_PARALLELISM, parallelism, index);
  }

  private static void write(
      OneInputStreamOperatorTestHarness<Naming, CommittableMessage<Naming>> writer,
      Naming... namings)
      throws Exception {
    for (Naming naming : namings) {
      writer.processElement(new StreamRecord<>(naming));
    }
  }

  private static OperatorSubtaskState checkpoint(
      long id, OneInputStreamOperatorTestHarness<Naming, CommittableMessage<Naming>> writer)
      throws Exception {
    writer.prepareSnapshotPreBarrier(id);
    return writer.snapshot(id, id);
  }

  private static Naming id(long key) {
    return new Naming(key, "id " + key, null, 99);
  }

  private static Naming name(long key, String name, long ts) {
    return new Naming(key, "id " + key, name, ts);
  }
}
