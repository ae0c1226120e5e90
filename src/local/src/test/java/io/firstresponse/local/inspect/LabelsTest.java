package io.firstresponse.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.local.inspect.Labels.Label;
import io.firstresponse.local.inspect.Labels.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelsTest {

  @Test
  void valuesAreCounted() {
    Labels labels = new Labels();
    labels.take(with("inbox", "chat"));
    labels.take(with("inbox", "mail"));
    labels.take(with("inbox", "mail"));
    labels.take(Feed.message(1, 2, 3, false));
    assertThat(labels.all())
        .containsExactly(
            new Label("inbox", 3, 2, false, List.of(new Value("mail", 2), new Value("chat", 1))));
  }

  @Test
  void namesAndValuesAreBounded() {
    Labels labels = new Labels();
    for (int i = 0; i <= Labels.VALUES; i++) {
      labels.take(with("ticket", "t" + i));
    }
    labels.take(with("ticket", "t0"));
    Label ticket = labels.all().get(0);
    assertThat(ticket.values()).isEqualTo(Labels.VALUES);
    assertThat(ticket.more()).isTrue();
    assertThat(ticket.messages()).isEqualTo(Labels.VALUES + 2L);
    assertThat(ticket.frequent()).hasSize(3).contains(new Value("t0", 2));
    for (int i = 1; i < Labels.NAMES; i++) {
      labels.take(with("name" + i, ""));
    }
    assertThat(labels.moreNames()).isFalse();
    labels.take(with("one more", ""));
    assertThat(labels.moreNames()).isTrue();
    assertThat(labels.all()).hasSize(Labels.NAMES);
  }

  private static Message with(String name, String value) {
    return Feed.labelled(Feed.message(1, 2, 3, false), "{\"%s\":\"%s\"}".formatted(name, value));
  }
}
