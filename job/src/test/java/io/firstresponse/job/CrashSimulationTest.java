package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.options.ResultOptions.Results;
import io.firstresponse.job.testing.CrashSchedule;
import io.firstresponse.job.testing.CrashTables.Row;
import io.firstresponse.job.testing.MemoryTables;
import io.firstresponse.job.testing.WindowQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The operator under seeded schedules of delivery, checkpoints, crashes, replay and rescaling.
 * Whatever happens, the rows are the window query's over the messages that were not late. {@link
 * CrashIT} has the same schedules with the writers of the job and PostgreSQL.
 */
// As long as a switch makes it.
@Timeout(value = 1, unit = TimeUnit.DAYS)
class CrashSimulationTest {

  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT,       FINAL",
    "ADDRESSED_AGENT, FINAL",
    "ANY_AGENT,       LIVE",
    "ADDRESSED_AGENT, LIVE",
  })
  void rowsAreTheWindowQuerysAfterAnyCrash(ResponseMode mode, Results results) throws Exception {
    // Thousands with -Dsimulation.seeds=...
    long first = Long.getLong("simulation.first", 0);
    long seeds = Long.getLong("simulation.seeds", 100);
    long late = 0;
    long complete = 0;
    List<String> differences = new ArrayList<>();
    for (long seed = first; seed < first + seeds; seed++) {
      MemoryTables tables = new MemoryTables(mode);
      CrashSchedule schedule = new CrashSchedule(seed, mode, results, tables);
      try {
        schedule.toTheEnd();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
      List<Message> used = CrashSchedule.inTime(CrashSchedule.messages(seed), tables.late());
      List<Session> expected = WindowQuery.sessions(mode, used);
      List<Session> rows =
          tables.rows().stream().map(Row::session).sorted(WindowQuery.ROW_ORDER).toList();
      if (!rows.equals(expected)
          || !tables.rows().stream().allMatch(Row::isFinal)
          || !tables.completeThrough().equals(OptionalLong.of(Long.MAX_VALUE))) {
        differences.add("seed %d: %s, and not %s".formatted(seed, tables.rows(), expected));
      }
      late += tables.late().size();
      complete += schedule.complete();
    }
    System.out.printf(
        "%d schedules, %s, %s: %d differences; %d late messages, %d sessions reported as complete on the way%n",
        seeds, mode, results, differences.size(), late, complete);
    assertThat(differences).isEmpty();
    assertThat(late).isGreaterThan(seeds);
    assertThat(complete).isGreaterThan(seeds);
  }
}
