package io.firstresponse.job.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.sink.GuardedWriter;
import io.firstresponse.job.domain.Naming;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.eventtime.Watermark;
import org.junit.jupiter.api.Test;

class NamesWriterTest {

  private final Rows rows = new Rows();
  private final NamesWriter writer = new NamesWriter(rows, 3, new SeenNamings());

  /** Rows that were committed together, and whether more came since. */
  private static final class Rows implements GuardedWriter<NamingRow> {

    private final List<List<Naming>> committed = new ArrayList<>();
    private final List<Naming> gathered = new ArrayList<>();
    private final List<Naming> expectedNew = new ArrayList<>();

    @Override
    public void claim() {}

    @Override
    public void write(NamingRow row, Context context) {
      gathered.add(row.naming());
      if (row.isNew()) {
        expectedNew.add(row.naming());
      }
    }

    @Override
    public void writeWatermark(Watermark mark) {}

    @Override
    public void flush(boolean endOfInput) {
      if (!gathered.isEmpty()) {
        committed.add(List.copyOf(gathered));
        gathered.clear();
      }
    }

    @Override
    public void close() {}
  }

  @Test
  void anIdIsWrittenOnceAndNotWithEachMessage() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      write(new Naming(1, "a", null, i), new Naming(2, "b", null, i));
      if (i % 100 == 0) {
        writer.flush(false);
      }
    }
    assertThat(rows.committed)
        .containsExactly(List.of(new Naming(1, "a", null, 0), new Naming(2, "b", null, 0)));
    assertThat(rows.gathered).isEmpty();
    assertThat(rows.expectedNew).hasSize(2);
  }

  /** Another name may come that was sent in between. */
  @Test
  void aNameIsWrittenAgainAtItsLatestTimeWithTheNextCheckpoint() throws Exception {
    write(name("Ann", 10), name("Ann", 20), name("Ann", 30), name("Ann", 25));
    assertThat(rows.gathered).containsExactly(name("Ann", 10));
    writer.flush(false);
    assertThat(rows.committed).containsExactly(List.of(name("Ann", 10), name("Ann", 30)));
    writer.flush(false);
    assertThat(rows.committed).hasSize(1);
    write(name("Zoe", 5), name("Zoe", 40));
    writer.flush(true);
    assertThat(rows.committed.get(1)).containsExactly(name("Zoe", 40));
  }

  /** The memory is replaced by others all the time, and begins with older messages. */
  @Test
  void theLatestTimeIsWrittenAlsoOfIdsThatWereForgotten() throws Exception {
    NamesWriter forgetful = new NamesWriter(rows, 100, new SeenNamings(1 << 10));
    Random random = new Random(3);
    Map<Long, Naming> latest = new HashMap<>();
    Map<Long, Naming> table = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      long key = random.nextInt(3_000);
      String name = random.nextInt(10) == 0 ? "other" : "name";
      Naming naming = new Naming(key, "id " + key, name, random.nextInt(1_000_000));
      latest.merge(key, naming, Naming::latest);
      forgetful.write(naming, RecoveringResults.NO_CONTEXT);
      if (i % 20_000 == 0) {
        forgetful.flush(false);
      }
    }
    forgetful.flush(true);
    for (List<Naming> batch : rows.committed) {
      batch.forEach(naming -> table.merge(naming.key(), naming, Naming::latest));
    }
    assertThat(table).isEqualTo(latest);
  }

  /** So that the table shows the first one when the second one comes. */
  @Test
  void ofTwoIdsWithOneKeyTheSecondIsWrittenAfterTheFirst() throws Exception {
    Naming first = new Naming(1, "a", null, 0);
    Naming second = new Naming(1, "b", null, 0);
    Naming third = new Naming(1, "c", null, 0);
    write(first, second, third, second, first);
    assertThat(rows.committed).isEmpty();
    writer.flush(false);
    assertThat(rows.committed).containsExactly(List.of(first), List.of(second), List.of(third));
    write(first, second, third);
    writer.flush(true);
    assertThat(rows.committed).hasSize(3);
  }

  @Test
  void aFullBatchIsCommitted() throws Exception {
    for (int i = 0; i < 7; i++) {
      write(new Naming(i, "id " + i, null, 0));
    }
    assertThat(rows.committed).hasSize(2).allSatisfy(batch -> assertThat(batch).hasSize(3));
    assertThat(rows.gathered).hasSize(1);
  }

  private void write(Naming... namings) throws Exception {
    for (Naming naming : namings) {
      writer.write(naming, RecoveringResults.NO_CONTEXT);
    }
  }

  private static Naming name(String name, long ts) {
    return new Naming(7, "a", name, ts);
  }
}
