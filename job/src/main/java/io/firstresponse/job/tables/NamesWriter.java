package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.sink.GuardedWriter;
import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.tables.SeenNamings.News;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.annotation.Nullable;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * Writes ids and names, each once and not with each message: it passes on what {@link SeenNamings}
 * has not seen.
 *
 * <p>Nothing is lost. Whatever was passed on before a checkpoint is in the table when the
 * checkpoint is complete. After a failure the writer begins with an empty memory, and messages
 * since the checkpoint come again. So each id and name was either written before the checkpoint, or
 * is passed on again; a row that is written twice changes nothing.
 *
 * <p>All namings of a key come to one task, in any order. So that the latest name counts, a name
 * that comes again at a later time is written with that time, at the next checkpoint: one row for
 * each id with a name and checkpoint, at most.
 *
 * <p>An id that it has not seen is expected to be new in the table too: such rows go by COPY.
 */
final class NamesWriter implements SinkWriter<Naming> {

  /** How many later times are kept until the next checkpoint; then all are written. */
  private static final int MAX_LATER = 100_000;

  private final GuardedWriter<NamingRow> rows;
  private final int maxRows;
  private final SeenNamings seen;

  /** Names that were written, at the latest times since. */
  private final Map<Who, Naming> later = new HashMap<>();

  /** Those passed on since all were committed: of two ids with one key, one is held back. */
  private final Map<Long, Naming> passedOn = new HashMap<>();

  /** Ids whose key has another id among those passed on. The table has to show both. */
  private final List<Naming> held = new ArrayList<>();

  /** A key with the id that it stands for. */
  private record Who(long key, @Nullable String id) {}

  /**
   * @param maxRows how many rows are gathered at most before they are written
   */
  NamesWriter(GuardedWriter<NamingRow> rows, int maxRows, SeenNamings seen) {
    this.rows = rows;
    this.maxRows = maxRows;
    this.seen = seen;
  }

  @Override
  public void write(Naming naming, Context context) throws IOException, InterruptedException {
    News news = seen.see(naming);
    if (news == News.NEW || news == News.CHANGE) {
      passOn(new NamingRow(naming, news == News.NEW), context);
    } else if (news == News.LATER) {
      // What is remembered may have been replaced since, and be older than this.
      later.merge(new Who(naming.key(), naming.id()), naming, Naming::latest);
      if (later.size() == MAX_LATER) {
        passOnLater(context);
      }
    }
  }

  private void passOn(NamingRow row, Context context) throws IOException, InterruptedException {
    Naming naming = row.naming();
    Naming before = passedOn.get(naming.key());
    if (before != null && !Objects.equals(before.id(), naming.id())) {
      held.add(naming);
      return;
    }
    passedOn.put(naming.key(), naming);
    rows.write(row, context);
    if (passedOn.size() >= maxRows) {
      commit(context);
    }
  }

  private void passOnLater(Context context) throws IOException, InterruptedException {
    for (Naming naming : List.copyOf(later.values())) {
      passOn(new NamingRow(naming, false), context);
    }
    later.clear();
  }

  /** Commits what was passed on, and then one by one what was held back. */
  private void commit(Context context) throws IOException, InterruptedException {
    rows.flush(false);
    passedOn.clear();
    for (Naming naming : held) {
      rows.write(new NamingRow(naming, false), context);
      rows.flush(false);
    }
    held.clear();
  }

  @Override
  public void writeWatermark(Watermark mark) throws IOException, InterruptedException {
    rows.writeWatermark(mark);
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    passOnLater(RecoveringResults.NO_CONTEXT);
    commit(RecoveringResults.NO_CONTEXT);
    rows.flush(endOfInput);
  }

  @Override
  public void close() throws Exception {
    rows.close();
  }
}
