package io.firstresponse.job.testing;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What late messages would have changed, in plain Java.
 *
 * @param ofCustomer the sessions of each customer, in order
 */
record LateFigures(ResponseMode mode, ZoneId zone, Map<Long, List<Session>> ofCustomer) {

  /**
   * start of the hour in microseconds: late messages, customers, answers unseen, questions unseen,
   * without effect, the most that a response time is overstated, closes unseen.
   */
  List<List<Object>> byHour(List<Message> late) {
    Map<Long, List<Message>> byHour = new TreeMap<>();
    for (Message message : late) {
      long hour =
          ChronoUnit.MICROS.between(
              Instant.EPOCH,
              TestDatabase.instant(message.ts())
                  .atZone(zone)
                  .truncatedTo(ChronoUnit.HOURS)
                  .toInstant());
      byHour.computeIfAbsent(hour, key -> new ArrayList<>()).add(message);
    }
    List<List<Object>> rows = new ArrayList<>();
    byHour.forEach(
        (hour, messages) -> {
          long answers = 0;
          long questions = 0;
          long closes = 0;
          Double overstated = null;
          for (Message message : messages) {
            Session waited = null;
            boolean endedThen = false;
            for (Session s : ofCustomer.getOrDefault(message.b(), List.of())) {
              if ((mode == ResponseMode.ANY_AGENT || s.asked() == message.a())
                  && s.openedAt() <= message.ts()) {
                // Before a close of the same time come messages, and after an answer nothing.
                boolean before = s.isClosed() && !message.closes() && s.endedAt() == message.ts();
                waited = s.isOpen() || s.endedAt() > message.ts() || before ? s : waited;
                endedThen |= s.endedAt() == message.ts();
              }
            }
            if (message.closes()) {
              closes += waited == null ? 0 : 1;
            } else if (message.direct() && waited != null) {
              answers++;
              if (waited.isAnswered()) {
                double seconds = (waited.endedAt() - message.ts()) / 1e6;
                overstated = overstated == null ? seconds : Math.max(overstated, seconds);
              }
            } else if (!message.direct() && waited == null && !endedThen) {
              questions++;
            }
          }
          rows.add(
              Figures.row(
                  hour,
                  messages.size(),
                  messages.stream().map(Message::b).distinct().count(),
                  answers,
                  questions,
                  messages.size() - answers - questions - closes,
                  overstated,
                  closes));
        });
    return rows;
  }
}
