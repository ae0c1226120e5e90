package io.firstresponse.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.local.inspect.Labels.Label;
import io.firstresponse.local.inspect.Labels.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelsTest {

  @Test
  void valuesAreCounted() {
    Labels labels = new Labels();
    labels.take(Map.of("inbox", "chat"));
    labels.take(Map.of("inbox", "mail"));
    labels.take(Map.of("inbox", "mail"));
    labels.take(Map.of());
    assertThat(labels.all())
        .containsExactly(
            new Label("inbox", 3, 2, false, List.of(new Value("mail", 2), new Value("chat", 1))));
  }

  @Test
  void namesAndValuesAreBounded() {
    Labels labels = new Labels();
    for (int i = 0; i <= Labels.VALUES; i++) {
      labels.take(Map.of("ticket", "t" + i));
    }
    labels.take(Map.of("ticket", "t0"));
    Label ticket = labels.all().get(0);
    assertThat(ticket.values()).isEqualTo(Labels.VALUES);
    assertThat(ticket.more()).isTrue();
    assertThat(ticket.messages()).isEqualTo(Labels.VALUES + 2L);
    assertThat(ticket.frequent()).hasSize(3).contains(new Value("t0", 2));
    for (int i = 1; i < Labels.NAMES; i++) {
      labels.take(Map.of("name" + i, ""));
    }
    assertThat(labels.moreNames()).isFalse();
    labels.take(Map.of("one more", ""));
    assertThat(labels.moreNames()).isTrue();
    assertThat(labels.all()).hasSize(Labels.NAMES);
  }
}
