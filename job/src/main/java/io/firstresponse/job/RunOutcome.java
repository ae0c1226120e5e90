package io.firstresponse.job;

import io.firstresponse.job.tables.DeadLetterSummary;
import io.firstresponse.job.tables.Gaps;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.UnlikelyTimes;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The outcome of a run that has read its input to the end.
 *
 * @param conservation where every message went
 * @param deadLetters lines with the reasons of dead letters, most frequent first, with an example
 *     of each
 * @param failure why the run is not a success, in one line; empty if it is one
 */
public record RunOutcome(
    Conservation conservation, List<String> deadLetters, Optional<String> failure) {

  /** Ends {@code flink run} with an error of one line, without a stack trace. */
  static final class Failed extends ProgramParametrizationException {

    private static final long serialVersionUID = 1;

    private Failed(String line) {
      super(line);
    }
  }

  /**
   * Judges a run. Rows that PostgreSQL refused are looked up in the dead letters, so that rows of
   * earlier runs are found as well.
   *
   * @param accumulators the accumulators of the job that has ended
   * @param options the options of the job
   */
  public static RunOutcome of(Map<String, ?> accumulators, ReadableConfig options) {
    Conservation conservation = Conservation.of(accumulators);
    return new RunOutcome(
        conservation,
        deadLetters(options, conservation),
        gaps(options)
            .or(() -> UnlikelyTimes.ofDeadLetters(accumulators))
            .or(() -> nothingUsable(conservation))
            .or(() -> UnlikelyTimes.ofMessages(accumulators)));
  }

  /** Some are of no record: two ids with one key. */
  private static List<String> deadLetters(ReadableConfig options, Conservation conservation) {
    ResultDatabase database = new ResultDatabase(options);
    try {
      return DeadLetterSummary.in(database).lines();
    } catch (SQLException e) {
      if (conservation.dead() == 0) {
        return List.of();
      }
      return List.of(
          "dead letters: could not be looked up. "
              + ResultDatabase.unreachable(database.connections(), e).getMessage());
    }
  }

  private static Optional<String> gaps(ReadableConfig options) {
    ResultDatabase database = new ResultDatabase(options);
    try {
      Gaps gaps = Gaps.in(database);
      return gaps.none() ? Optional.empty() : Optional.of(gaps.toString());
    } catch (SQLException e) {
      return Optional.of(
          "not known to be complete: whether rows were refused could not be looked up in tbl_dead_letter. "
              + ResultDatabase.unreachable(database.connections(), e).getMessage());
    }
  }

  private static Optional<String> nothingUsable(Conservation conservation) {
    String where = conservation.dead() == 0 ? "." : "; reason and detail are in tbl_dead_letter.";
    return conservation.nothingUsable().map(line -> line + where);
  }

  /**
   * Returns if the run was a success.
   *
   * @throws ProgramParametrizationException if it was not; its message is {@link #failure}
   */
  void check() {
    failure.ifPresent(
        line -> {
          throw new Failed(line);
        });
  }
}
