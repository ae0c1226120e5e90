package io.firstresponse.job.source.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firstresponse.job.domain.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Real support messages, which lie beside the project and are no part of it. */
class SampleTest {

  private static final Path SAMPLE = Path.of("../../shared/data/support-tweets.jsonl");

  @Test
  void everyLineIsAMessage() throws IOException {
    assumeTrue(Files.isReadable(SAMPLE), SAMPLE + " is not here, so the sample goes unread");
    InputFiles files = new InputFiles();
    assertThat(files.read(files.whole(SAMPLE.toAbsolutePath().normalize())))
        .hasSize(Files.readAllLines(SAMPLE).size())
        .allMatch(received -> received instanceof Message);
  }
}
