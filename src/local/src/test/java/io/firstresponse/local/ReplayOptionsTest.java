package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReplayOptionsTest {

  @Test
  void theScriptsHelpNamesEveryOption() throws IOException {
    String script = Files.readString(Path.of("../../scripts/replay"));
    assertThat(ReplayOptions.NAMES)
        .hasSize(8)
        .allSatisfy(
            option -> assertThat(script).containsPattern("\n#   --\\Q" + option + "\\E [A-Z ]"));
  }
}
