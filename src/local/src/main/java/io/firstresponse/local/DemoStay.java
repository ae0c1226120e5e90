package io.firstresponse.local;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The end of {@code scripts/demo --stay}: its database stays until the user ends it. */
final class DemoStay {

  private DemoStay() {}

  /**
   * Prints how to look into the database, and returns when the user has pressed Enter, or the
   * process has received SIGINT or SIGTERM.
   *
   * @param port the port of PostgreSQL
   * @param bootstrapServers of the Kafka broker, if there is one
   */
  static void untilEnded(
      PrintStream out, int port, Path report, Optional<String> bootstrapServers) {
    StopSignals signals = StopSignals.listen();
    out.printf(
        """

        The database stays until you press Enter here, or Ctrl-C. In another terminal:

          psql -h localhost -p %1$d -U postgres postgres

        or any other client, as user postgres: jdbc:postgresql://localhost:%1$d/postgres
        It asks for no password, and accepts connections from this machine only. For example:

          select * from response_times_by_day order by day;
          select * from sla_attainment order by day, target_time;
          select * from response_times(current_date - 28, current_date, 'team');
          select labels ->> 'channel' as channel, count(*) from response_sessions group by channel;
          select * from waiting_now limit 10;
          select * from tbl_correction order by corrected_at limit 10;

        The report, for a browser: %2$s
        """,
        port, report.toUri());
    bootstrapServers.ifPresent(
        servers ->
            out.printf(
                """

                The messages stay in the topic %1$s of the Kafka broker %2$s, which asks for no
                password either. To read them with a job of your own, into a schema of its own:

                  scripts/run-local --source.type kafka --source.kafka.bootstrap-servers %2$s \\
                    --source.kafka.topics %1$s --source.kafka.end latest %4$s \\
                    --sink.jdbc.url jdbc:postgresql://localhost:%3$d/postgres --sink.jdbc.user postgres \\
                    --sink.jdbc.schema mine --sink.jdbc.create-tables true
                """,
                DemoTopic.NAME, servers, port, String.join(" ", DemoTopic.FIELDS)));
    CompletableFuture.anyOf(enter(), signals.exitCode()).join();
    out.println("Ending.");
  }

  /** Completed by a line on standard input; never if that is closed, as in the background. */
  private static CompletableFuture<Integer> enter() {
    CompletableFuture<Integer> enter = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                // What was typed while the job ran is not meant for this.
                System.in.skip(System.in.available());
                int first = System.in.read();
                if (first >= 0) {
                  enter.complete(first);
                }
              } catch (IOException e) {
                // As with a closed one: a signal ends the demo.
              }
            },
            "standard input");
    reader.setDaemon(true);
    reader.start();
    return enter;
  }
}
