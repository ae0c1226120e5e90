package io.firstresponse.job.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * Tables that are after a crash as they were at the checkpoint: what the writers of the job make of
 * theirs when they have recovered. So the operator has to tell everything that has come since, and
 * nothing that is there.
 */
public final class MemoryTables implements CrashTables {

  private final ResponseMode mode;
  private Map<List<Long>, Row> rows = new HashMap<>();
  private Set<Message> late = new HashSet<>();
  private Map<List<Long>, Row> checkpointedRows = Map.of();
  private Set<Message> checkpointedLate = Set.of();
  private long checkpointedWatermark = Long.MIN_VALUE;
  private List<MemoryWriters> writers = new ArrayList<>();

  public MemoryTables(ResponseMode mode) {
    this.mode = mode;
  }

  @Override
  public Writers open(int index, int parallelism, boolean restored, long checkpoint, long now) {
    MemoryWriters opened = new MemoryWriters(restored ? checkpointedWatermark : Long.MIN_VALUE);
    writers.add(opened);
    return opened;
  }

  /** Nobody writes here but the latest attempt. */
  @Override
  public void openInVain(int index, int parallelism, long checkpoint) {}

  @Override
  public void checkpointed() {
    checkpointedRows = Map.copyOf(rows);
    checkpointedLate = Set.copyOf(late);
    checkpointedWatermark =
        writers.stream().mapToLong(writer -> writer.watermark).min().orElse(Long.MIN_VALUE);
  }

  @Override
  public void crashed() {
    rows = new HashMap<>(checkpointedRows);
    late = new HashSet<>(checkpointedLate);
    writers.forEach(writer -> writer.replaced = true);
    writers = new ArrayList<>();
  }

  @Override
  public List<Row> rows() {
    return List.copyOf(rows.values());
  }

  @Override
  public Set<Message> late() {
    return late;
  }

  @Override
  public OptionalLong completeThrough() {
    long through = writers.stream().mapToLong(writer -> writer.reached).min().orElseThrow();
    return through == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(through);
  }

  @Override
  public List<String> contents() {
    return Stream.concat(rows.values().stream(), late.stream())
        .map(Object::toString)
        .sorted()
        .toList();
  }

  private void take(SessionChange change) {
    Session session = change.session();
    List<Long> key =
        List.of(
            session.b(), session.openedAt(), mode == ResponseMode.ANY_AGENT ? 0 : session.asked());
    Row row = new Row(session, change.isFinal());
    switch (change.kind()) {
      case NEW -> assertThat(rows.put(key, row)).as("before %s", change).isNull();
      case CHANGED -> assertThat(rows.put(key, row)).as("before %s", change).isNotNull();
      case SAME -> assertThat(rows.get(key)).as("before %s", change).isEqualTo(row);
      case RETRACTED ->
          assertThat(rows.remove(key))
              .as("before %s", change)
              .isNotNull()
              .matches(gone -> !gone.isFinal(), "not final");
      case REPLAY_START -> {}
    }
  }

  private final class MemoryWriters implements Writers {

    private long watermark;
    private long reached = Long.MIN_VALUE;
    private boolean replaced;

    /**
     * @param checkpointed how far the watermark had come
     */
    MemoryWriters(long checkpointed) {
      this.watermark = checkpointed;
    }

    @Override
    public void write(SessionChange change) {
      if (!replaced) {
        take(change);
      }
    }

    @Override
    public void write(LateMessage message) {
      if (!replaced) {
        late.add(CrashTables.plain(message.message()));
      }
    }

    @Override
    public void watermark(Watermark mark) {
      if (mark.getTimestamp() >= watermark) {
        watermark = mark.getTimestamp();
        reached = watermark;
      }
    }

    @Override
    public void tick(long now) {}

    @Override
    public void prepare(long checkpoint) {}

    @Override
    public void writeInVain(long checkpoint) {
      assertThat(replaced).isTrue();
    }

    @Override
    public void endInput() {}

    @Override
    public void close() {}
  }
}
