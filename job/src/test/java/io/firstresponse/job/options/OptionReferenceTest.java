package io.firstresponse.job.options;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.JobOptions;
import io.firstresponse.job.source.files.FileOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionReferenceTest {

  private static final Path PAGE = Path.of("../src/site/markdown/options.md");

  @Test
  void thePageIsMadeFromTheOptions() throws IOException {
    if (Boolean.getBoolean("options.write")) {
      Files.writeString(PAGE, JobOptions.reference().markdown());
    }
    assertThat(Files.readString(PAGE))
        .as("run: mvn test -pl connectors,job -Dtest=OptionReferenceTest -Doptions.write=true")
        .isEqualTo(JobOptions.reference().markdown());
  }

  @Test
  void theShippedFileParses() {
    assertThat(
            JobOptions.parse(new String[] {"--config", "../conf/first-response.properties"})
                .get(FileOptions.PATH))
        .isEqualTo("messages/");
  }
}
