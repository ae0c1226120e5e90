package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.JobOptions;
import io.firstresponse.job.options.BadOptionException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.client.JobCancellationException;
import org.junit.jupiter.api.Test;

/** The web page's port, which others may want as well. */
// The held port is held by being there.
@SuppressWarnings("try")
class LocalFlinkIT {

  private static final String CONF = Path.of("..", "..", "conf").toString();

  @Test
  void aPortThatIsTakenMeanwhileIsAnotherOne() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        ServerSocket usual = heldUsualPort()) {
      LocalFlink flink = LocalFlink.configured(CONF, List.of());
      int wanted = URI.create(flink.webPage()).getPort();
      try (ServerSocket taken = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
        JobClient client = flink.start(options(postgres));
        assertThat(URI.create(flink.webPage()).getPort()).isNotEqualTo(taken.getLocalPort());
        try (var page = URI.create(flink.webPage() + "/overview").toURL().openStream()) {
          assertThat(page.readAllBytes()).isNotEmpty();
        }
        client.cancel().get();
        assertThatThrownBy(() -> client.getJobExecutionResult().get())
            .hasRootCauseInstanceOf(JobCancellationException.class);
      }
    }
  }

  /** Null where somebody else has it. A port that nobody but this test wants is found then. */
  private static ServerSocket heldUsualPort() throws IOException {
    try {
      return new ServerSocket(8081, 1, InetAddress.getLoopbackAddress());
    } catch (BindException e) {
      return null;
    }
  }

  @Test
  void aPortThatWasAskedForAndIsTakenIsToldUnderItsOption() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      LocalFlink flink = LocalFlink.configured(CONF, List.of("rest.port=" + taken.getLocalPort()));
      assertThatThrownBy(() -> flink.start(options(postgres)))
          .isInstanceOf(BadOptionException.class)
          .hasMessageStartingWith("rest.port: ")
          .hasMessageContaining(Integer.toString(taken.getLocalPort()));
    }
  }

  private static Configuration options(EmbeddedPostgres postgres) {
    return JobOptions.parse(
        new String[] {
          "--source.type", "datagen",
          "--source.datagen.count", "0",
          "--source.datagen.rate", "100",
          "--sink.jdbc.url",
              "jdbc:postgresql://localhost:%d/postgres".formatted(postgres.getPort()),
          "--sink.jdbc.user", "postgres",
          "--sink.jdbc.create-tables", "true"
        });
  }
}
