package io.firstresponse.job.source.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.testing.WindowQuery;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records in the shape of real platforms, which lie beside the project and are no part of it. */
class FeedsTest {

  private static final Path FEEDS = Path.of("../../shared/data/feeds");

  private static final String ROCKETCHAT =
      "select(.t == null) | {a: (if .token then null else (.u._id | ltrimstr(\"agent\") | tonumber)"
          + " end), b: {roomAAAA: 1, roomB: 2}[.rid], ts: .ts[\"$date\"], direct: (.token == null)}";

  private final InputFiles files = new InputFiles();
  private final List<Message> messages = new ArrayList<>();
  private int skipped;
  private int closes;

  @Test
  void whoJoinsDoesNotAnswer() throws Exception {
    read("01-rocketchat-join.jsonl", ROCKETCHAT);
    assertThat(sessions()).containsExactly("1 answered by 11 after 180.000 s");
    assertThat(skipped).isEqualTo(1);
  }

  @Test
  void creditGoesToWhoAnsweredFirst() throws Exception {
    read("02-rocketchat-transfer.jsonl", ROCKETCHAT);
    assertThat(sessions()).containsExactly("2 answered by 11 after 60.000 s");
  }

  @Test
  void privateCommentsAreNoAnswers() throws Exception {
    read(
        "03-zendesk-private.csv",
        "(.user_id | tonumber) as $user | ([21, 22] | any(. == $user)) as $agent"
            + " | select(($agent | not) or .public == \"TRUE\")"
            + " | {a: (if $agent then $user else null end), b: (.ticket_id | tonumber),"
            + " ts: .created, direct: $agent}");
    assertThat(sessions()).containsExactly("500 open");
    assertThat(skipped).isEqualTo(2);
  }

  @Test
  void aRecordHoldsTheHistoryOfAChat() throws Exception {
    read(
        "05-zendesk-messaging.jsonl",
        ".ticket_id as $b | .events[].value.history[] | select(.type == \"ChatMessage\")"
            + " | (.actor_type == \"agent\") as $direct"
            + " | {a: (if $direct then .actor_id else null end), $b, ts: .timestamp, $direct}");
    assertThat(sessions())
        .containsExactly("501 answered by 21 after 90.000 s", "501 answered by 22 after 30.000 s");
  }

  @Test
  void aTicketIsAnswered() throws Exception {
    read(
        "08-zammad-update.jsonl",
        "(.article.sender == \"Agent\") as $direct | {a: (if $direct then .article.created_by_id"
            + " else .ticket.owner_id end), b: .ticket.id, ts: .article.created_at, $direct,"
            + " labels: {team: .ticket.group.name, priority: .ticket.priority.name}}");
    assertThat(sessions()).containsExactly("44 answered by 5 after 1200.333 s");
  }

  @Test
  void internalNotesAndTheSystemsMailAreNoAnswers() throws Exception {
    read(
        "09-zammad-note.jsonl",
        "select(.internal | not) | select(.sender != \"System\") | (.sender == \"Agent\") as $direct"
            + " | {a: (if $direct then .created_by_id else null end), b: .ticket_id,"
            + " ts: .created_at, $direct}");
    assertThat(sessions()).containsExactly("45 answered by 6 after 2400.000 s");
    assertThat(skipped).isEqualTo(2);
  }

  @Test
  void lineItemsThatCloseAreEvents() throws Exception {
    read(
        "12-freescout-thanks.csv",
        "(.conversation_id | tonumber) as $b | if .type == \"4\" then {$b, ts: .created_at, closes: true}"
            + " else {a: (if .type == \"2\" then (.user_id | tonumber) else null end), $b,"
            + " ts: .created_at, direct: (.type == \"2\")} end");
    assertThat(sessions())
        .containsExactly("90 answered by 3 after 900.000 s", "90 closed after 50400.000 s");
    assertThat(closes).isEqualTo(2);
  }

  @Test
  void theSystemsWelcomeIsNoMessage() throws Exception {
    read(
        "17-hubspot-outbound.jsonl",
        "(.conversationsThreadId | tonumber) as $b | if .type == \"MESSAGE\""
            + " then (.direction == \"OUTGOING\") as $direct | {a: (if $direct then"
            + " (.createdBy | ltrimstr(\"A-\") | tonumber) else null end), $b, ts: .createdAt, $direct}"
            + " elif .newStatus == \"CLOSED\" then {$b, ts: .createdAt, closes: true}"
            + " else empty end");
    assertThat(sessions()).containsExactly("9001 answered by 88 after 180.000 s");
    assertThat(skipped).isEqualTo(3);
    assertThat(closes).isEqualTo(1);
  }

  @Test
  void anAnswerWithoutASenderGetsAnIdOfItsOwn() throws Exception {
    files.set(MessageOptions.EPOCH_UNIT, MessageOptions.EpochUnit.SECONDS);
    read(
        "18-chatwoot-echo.jsonl",
        "(.message_type == 1) as $direct | {a: (if $direct then .sender_id // 0 else null end),"
            + " b: .conversation_id, ts: .created_at, $direct}");
    assertThat(sessions()).containsExactly("70 answered by 0 after 120.000 s");
  }

  @Test
  void timesWithoutAnOffsetAreOverTheChangeOfClocks() throws Exception {
    files.set(MessageOptions.TIME_ZONE, "Europe/Berlin");
    read("26-osticket-localtime.csv", null);
    assertThat(sessions())
        .containsExactly("98 answered by 7 after 8400.000 s", "99 answered by 7 after 600.000 s");
  }

  @Test
  void whatIsIncomingIsTheCustomers() throws Exception {
    read(
        "27-freshdesk-incoming.jsonl",
        "select(.private | not) | {a: (if .incoming then null else .user_id end), b: .ticket_id,"
            + " ts: .created_at, direct: (.incoming | not)}");
    assertThat(sessions()).containsExactly("700 answered by 51 after 1800.000 s", "700 open");
  }

  private void read(String name, String program) throws Exception {
    Path file = FEEDS.resolve(name);
    assumeTrue(Files.isReadable(file), file + " is not here, so it goes unread");
    // The records are of 2026, whatever the clock says.
    files.set(EventTimeOptions.MAX_FUTURE_SKEW, Duration.ofDays(36_500));
    if (program != null) {
      files.set(MappingOptions.JQ, program);
    }
    for (Received one : files.read(files.whole(file.toAbsolutePath().normalize()))) {
      if (one instanceof Message message) {
        messages.add(message);
      } else {
        assertThat(one).isInstanceOf(Mapped.class);
        Mapped mapped = (Mapped) one;
        messages.addAll(mapped.messages());
        skipped += mapped.outputs() == 0 ? 1 : 0;
      }
    }
  }

  private List<String> sessions() {
    closes = (int) messages.stream().filter(Message::closes).count();
    return WindowQuery.sessions(ResponseMode.ANY_AGENT, messages).stream()
        .map(
            session ->
                session.isAnswered()
                    ? "%d answered by %d after %s s"
                        .formatted(session.b(), session.responder(), seconds(session))
                    : session.b()
                        + (session.isOpen() ? " open" : " closed after " + seconds(session) + " s"))
        .toList();
  }

  private static String seconds(Session session) {
    return BigDecimal.valueOf(session.endedAt() - session.openedAt(), 6).setScale(3).toString();
  }
}
