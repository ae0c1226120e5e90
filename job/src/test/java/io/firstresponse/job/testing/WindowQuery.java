package io.firstresponse.job.testing;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
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
          .thenComparing(Message::kind)
          .thenComparingLong(Message::a)
          // Nulls last.
          .thenComparing(message -> message.labels() == Message.NO_LABELS)
          .thenComparingLong(Message::labels);

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
        // lag(kind): a start has no customer's message before it, an end has one.
        boolean afterCustomer = i > 0 && isCustomers(partition.get(i - 1));
        if (isCustomers(partition.get(i)) != afterCustomer) {
          marked.add(partition.get(i));
        }
      }
      for (int i = 0; i < marked.size(); i++) {
        Message start = marked.get(i);
        if (!isCustomers(start)) {
          continue;
        }
        // lead: what follows a start among the marked is its answer, or its close.
        Session open = Session.open(start.b(), start.ts(), start.a(), start.labels());
        rows.add(i + 1 < marked.size() ? ended(open, marked.get(i + 1)) : open);
      }
    }
    rows.sort(ROW_ORDER);
    return rows;
  }

  private static boolean isCustomers(Message message) {
    return message.kind() == MessageKind.CUSTOMER;
  }

  private static Session ended(Session open, Message end) {
    return end.closes() ? open.closed(end.ts()) : open.answeredBy(end.a(), end.ts());
  }
}
