package io.firstresponse.report;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.job.options.BadOptionException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/**
 * {@code scripts/report}: reads the figures and writes the file. Exit codes: 0 when it is written,
 * 1 when it failed, 2 when an option is wrong. An error is one line.
 */
public final class ReportCommand {

  private static final int FAILED = 1;
  private static final int BAD_OPTION = 2;

  /** SQLSTATE classes of errors of connecting, which other options may correct. */
  private static final List<String> ABOUT_CONNECTING = List.of("08", "28", "3D");

  private ReportCommand() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    try {
      ReportOptions options = ReportOptions.parse(args);
      try (PostgresConnections connections = options.connections()) {
        Report report =
            Report.read(
                connections.getOrEstablishConnection(), options.schema(), options.request());
        report.write(options.out());
      } catch (SQLException e) {
        return failed(options, e);
      }
      System.out.println(options.out());
      return 0;
    } catch (BadOptionException e) {
      System.err.println(e.getMessage());
      return BAD_OPTION;
    } catch (IOException e) {
      System.err.printf("The report was not written: %s%n", e);
      return FAILED;
    }
  }

  private static int failed(ReportOptions options, SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    if (ABOUT_CONNECTING.stream().anyMatch(state::startsWith)) {
      System.err.println(
          ReportOptions.DATABASE.unreachable(options.connections(), failure).getMessage());
      return BAD_OPTION;
    }
    String said = failure.getMessage().replaceAll("\\s+", " ").replaceAll("\\.+$", "");
    System.err.printf(
        "The report was not written: %s: %s (SQLSTATE %s).%n", options.connections(), said, state);
    return FAILED;
  }
}
