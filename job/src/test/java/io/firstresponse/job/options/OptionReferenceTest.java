package io.firstresponse.job.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionReferenceTest {

  private static final Path PAGE = Path.of("../src/site/markdown/options.md");

  @Test
  void thePageIsMadeFromTheOptions() throws IOException {
    if (Boolean.getBoolean("options.write")) {
      Files.writeString(PAGE, OptionReference.markdown());
    }
    assertThat(Files.readString(PAGE))
        .as("run: mvn test -pl connectors,job -Dtest=OptionReferenceTest -Doptions.write=true")
        .isEqualTo(OptionReference.markdown());
  }

  @Test
  void theShippedFileParses() {
    assertThat(
            OptionParser.parse(new String[] {"--config", "../conf/first-response.properties"})
                .get(JobOptions.FILES_PATH))
        .isEqualTo("messages/");
  }
}
