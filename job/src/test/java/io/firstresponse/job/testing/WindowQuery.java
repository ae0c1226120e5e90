package io.firstresponse.job.testing;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The oracle in plain Java: the window query of the contract over all messages, written the way the
 * query is (predecessors and successors in an ordered list) and not the way the job is. An IT
 * checks it against PostgreSQL.
 */
public final class WindowQuery {

  /** The order of rows in which results are compared. */
  public static final Comparator<Session> ROW_ORDER =
      Comparator.comparingLong(Session::b)
          .thenComparingLong(Session::openedAt)
          .thenComparingLong(Session::asked);

  private static final Comparator<Message> TOTAL_ORDER =
      Comparator.comparingLong(Message::ts)
          .thenComparing(Message::direct)
          .thenComparingLong(Message::a);

  private WindowQuery() {}

  /** The rows of the result table, in {@link #ROW_ORDER}. */
  public static List<Session> sessions(ResponseMode mode, Collection<Message> messages) {
    Map<List<Long>, List<Message>> partitions = new TreeMap<>(Comparator.comparing(List::toString));
    for (Message message : messages) {
      List<Long> partition =
          mode == ResponseMode.ANY_AGENT ? List.of(message.b()) : List.of(message.b(), message.a());
      partitions.computeIfAbsent(partition, key -> new ArrayList<>()).add(message);
    }
    List<Session> rows = new ArrayList<>();
    for (List<Message> partition : partitions.values()) {
      partition.sort(TOTAL_ORDER);
      List<Message> marked = new ArrayList<>();
      for (int i = 0; i < partition.size(); i++) {
        // lag(direct): a start has no customer's message before it, an answer has one.
        boolean afterCustomer = i > 0 && !partition.get(i - 1).direct();
        if (partition.get(i).direct() == afterCustomer) {
          marked.add(partition.get(i));
        }
      }
      for (int i = 0; i < marked.size(); i++) {
        Message start = marked.get(i);
        if (start.direct()) {
          continue;
        }
        // lead: what follows a start among the marked is its answer.
        Session open = Session.open(start.b(), start.ts(), start.a());
        rows.add(
            i + 1 < marked.size()
                ? open.answeredBy(marked.get(i + 1).a(), marked.get(i + 1).ts())
                : open);
      }
    }
    rows.sort(ROW_ORDER);
    return rows;
  }
}
