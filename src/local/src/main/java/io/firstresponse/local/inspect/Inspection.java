package io.firstresponse.local.inspect;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import javax.annotation.Nullable;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.JsonNodeFactory;

/**
 * Takes the records of a feed in the order in which they lie there, and the sessions that the job
 * makes of them, and keeps what a person wants to know about them.
 *
 * <p>Records, sessions and doubtful times may come from three threads, each kind from one.
 */
public final class Inspection {

  /** How many outputs of a mapping, or messages, are shown. */
  static final int EXAMPLES = 3;

  /** How many records without the fields of a message are kept, to try presets on them. */
  private static final int TRIED = 20;

  /**
   * An output of a mapping that is a message, a close or a hand-over.
   *
   * @param json the output; null if it is not shown
   * @param handover whether it is a hand-over
   */
  public record Output(@Nullable String json, boolean handover) {}

  /**
   * A record beside what a mapping made of it.
   *
   * @param record the text of the record; null if it is not shown
   * @param outputs what a mapping made of it; empty without a mapping
   */
  public record Decoded(@Nullable String record, List<Output> outputs) {

    /** Copies the list. */
    public Decoded {
      outputs = List.copyOf(outputs);
    }
  }

  /** A record as it is shown, beside its outputs or its message. */
  record Example(String record, List<String> outputs) {}

  private final Settings settings;
  private final MessageCounts messages;
  private final People people = new People();
  private final Ids ids = new Ids();
  private final Labels labels = new Labels();
  private final Disorder disorder;
  private final Hours hours;
  private final Troubles troubles = new Troubles();
  private final Waits waits = new Waits();
  private final List<Example> examples = new ArrayList<>();
  private final List<DeadLetter> withoutFields = new ArrayList<>();
  private final LongAdder localTimesTwice = new LongAdder();
  private final LongAdder localTimesSkipped = new LongAdder();
  private int examplesShown;
  @Nullable private String skippedExample;
  private long records;
  private long skipped;
  private long unreadable;
  private long handovers;

  /** An inspection that has seen nothing yet. */
  public Inspection(Settings settings) {
    this.settings = settings;
    messages = new MessageCounts(settings.now());
    disorder =
        new Disorder(settings.order() == Settings.Order.ONE_AFTER_ANOTHER, settings.leastBound());
    hours = new Hours(settings.zone());
  }

  /**
   * Takes a record.
   *
   * @param split the split that it was read from
   * @param received the record
   * @param decoded the record beside the outputs of a mapping, if that is known
   */
  public void take(String split, Received received, @Nullable Decoded decoded) {
    records++;
    if (received instanceof DeadLetter letter) {
      unreadable++;
      troubles.take(letter);
      if (letter.reason() == DeadLetter.Reason.MISSING_FIELD
          && withoutFields.size() < TRIED
          && letter.raw().length == letter.length()) {
        withoutFields.add(letter);
      }
      return;
    }
    List<Message> of = received.messages();
    boolean nothing = received instanceof Mapped mapped && mapped.outputs() == 0;
    skipped += nothing ? 1 : 0;
    if (decoded != null) {
      take(decoded, of);
    }
    for (Message message : of) {
      messages.take(message);
      ids.take(message);
      labels.take(message);
      if (!message.closes()) {
        people.take(message);
        hours.take(message.ts());
      }
    }
    if (!of.isEmpty()) {
      disorder.take(split, of);
    }
  }

  private void take(Decoded decoded, List<Message> of) {
    for (Output output : decoded.outputs()) {
      handovers += output.handover() ? 1 : 0;
    }
    if (decoded.record() == null) {
      return;
    }
    List<String> shown = new ArrayList<>();
    decoded.outputs().stream().filter(one -> one.json() != null).forEach(o -> shown.add(o.json()));
    if (shown.isEmpty()) {
      of.forEach(message -> shown.add(json(message)));
    }
    if (shown.isEmpty() && skippedExample == null) {
      skippedExample = decoded.record();
    }
    int room = EXAMPLES - examplesShown;
    if (!shown.isEmpty() && room > 0) {
      List<String> first = shown.subList(0, Math.min(room, shown.size()));
      examples.add(new Example(decoded.record(), List.copyOf(first)));
      examplesShown += first.size();
    }
  }

  /** A message as the job has read it. */
  private static String json(Message message) {
    return "{\"a\":%s,\"b\":%s,\"ts\":\"%s\",%s%s%s}"
        .formatted(
            message.a() == Session.NOBODY ? "null" : id(message.a(), message.texts().agentId()),
            id(message.b(), message.texts().customerId()),
            Spans.exactInstant(message.ts()),
            message.closes() ? "\"closes\":true" : "\"direct\":" + message.direct(),
            message.automated() ? ",\"automated\":true" : "",
            message.texts().labels() == null ? "" : ",\"labels\":" + message.texts().labels());
  }

  private static String id(long key, @Nullable String text) {
    return text == null ? Long.toString(key) : JsonNodeFactory.instance.textNode(text).toString();
  }

  /** Takes a session as it is at the end of the input. */
  public void take(Session session) {
    waits.take(session);
  }

  /**
   * Takes a time without an offset that occurs twice in its time zone, or is skipped there.
   *
   * @param twice whether it occurs twice
   */
  public void takeDoubtfulLocalTime(boolean twice) {
    (twice ? localTimesTwice : localTimesSkipped).increment();
  }

  Settings settings() {
    return settings;
  }

  /** {@return how many records have been taken} */
  public long records() {
    return records;
  }

  long skipped() {
    return skipped;
  }

  /** How many records are dead letters. */
  long unreadable() {
    return unreadable;
  }

  MessageCounts messages() {
    return messages;
  }

  long handovers() {
    return handovers;
  }

  People people() {
    return people;
  }

  Ids ids() {
    return ids;
  }

  Labels labels() {
    return labels;
  }

  Disorder disorder() {
    return disorder;
  }

  Hours hours() {
    return hours;
  }

  Troubles troubles() {
    return troubles;
  }

  Waits waits() {
    return waits;
  }

  /** The first records without the fields of a message. */
  List<DeadLetter> withoutFields() {
    return withoutFields;
  }

  List<Example> examples() {
    return examples;
  }

  /** A record of which a mapping made nothing; null if there was none. */
  @Nullable String skippedExample() {
    return skippedExample;
  }

  long localTimesTwice() {
    return localTimesTwice.sum();
  }

  long localTimesSkipped() {
    return localTimesSkipped.sum();
  }
}
