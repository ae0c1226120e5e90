package io.firstresponse.job.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DisplayNameTest {

  @Test
  void aNameStaysAsItIs() {
    String name = "Zoë 客服 \uD83D\uDE00";
    assertThat(DisplayName.of(name)).isEqualTo(name);
  }

  @Test
  void blanksAreNoName() {
    assertThat(DisplayName.of("")).isNull();
    assertThat(DisplayName.of(" \t\n\u2003")).isNull();
    assertThat(DisplayName.of("  Ann ")).isEqualTo("Ann");
  }

  @Test
  void whatPostgresCannotStoreIsReplaced() {
    assertThat(DisplayName.of("A\0n\nn\uD83D")).isEqualTo("A n n?");
    assertThat(DisplayName.of("\uDE00x")).isEqualTo("?x");
  }

  @Test
  void aLongNameIsCut() {
    assertThat(DisplayName.of("é".repeat(5_000))).isEqualTo("é".repeat(DisplayName.MAX_LENGTH));
    String faces = "\uD83D\uDE00".repeat(150);
    assertThat(DisplayName.of("x" + faces)).isEqualTo("x" + faces.substring(0, 198));
  }
}
