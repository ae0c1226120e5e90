package io.firstresponse.job.decode;

import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.Session;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.annotation.Nullable;

/**
 * Turns the bytes of one record into a message, into what a mapping makes of it, or into a dead
 * letter with the reason. No input makes it throw, and a bad record does not affect the next one.
 *
 * <p>Not thread-safe: each reader has its own.
 */
public abstract class RecordDecoder {

  final MessageFields fields;
  final LocalTimes localTimes;
  private final FutureGuard futureGuard;
  @Nullable private DecodeObserver observer;

  RecordDecoder(MessageFields fields, FutureGuard futureGuard) {
    this.fields = fields;
    this.localTimes = new LocalTimes(fields.zone());
    this.futureGuard = futureGuard;
  }

  /** Reports each record to the observer from now on. */
  void observe(DecodeObserver by) {
    observer = by;
    localTimes.observe(by);
  }

  /**
   * Decodes the record in {@code bytes[from, from + length)}, which has no line end. The array is
   * not kept.
   *
   * @param origin where the record was read
   * @param position its position there, as in {@link io.firstresponse.job.domain.DeadLetter}
   */
  public final Received decode(String origin, long position, byte[] bytes, int from, int length) {
    try {
      checkText(bytes, from, from + length);
      Received received = read(bytes, from, from + length);
      if (observer != null && received instanceof Message) {
        observer.decoded(
            received, () -> new String(bytes, from, length, StandardCharsets.UTF_8), List.of());
      }
      return received;
    } catch (Unusable e) {
      return DeadLetters.of(
          origin, position, e.reason(), e.getMessage(), bytes, from, length, length);
    }
  }

  /** Reads well-formed UTF-8 that is not blank, and checks each message in it. */
  abstract Received read(byte[] bytes, int from, int to) throws Unusable;

  final void check(Message message) throws Unusable {
    if (message.direct() && message.a() == Session.NOBODY) {
      throw Unusable.badField(
          fields, MessageFields.A, "-1", "an agent's id: in the results -1 stands for nobody");
    }
    futureGuard.check(message);
  }

  static void checkText(byte[] bytes, int from, int to) throws Unusable {
    int bad = Utf8.firstBad(bytes, from, to);
    if (bad != Utf8.WELL_FORMED) {
      throw new Unusable(
          Reason.BAD_ENCODING,
          String.format(
              "byte 0x%02x at %d of the record is not UTF-8 text; write the input in UTF-8",
              bytes[bad], bad - from));
    }
    int i = from;
    while (i < to && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r')) {
      i++;
    }
    if (i == to) {
      throw new Unusable(Reason.EMPTY, "an empty line; leave it out");
    }
  }

  /** The content of a field for error messages: in quotes, and cut if it is long. */
  static String quoted(byte[] bytes, int from, int to) {
    int shown = Math.min(to - from, 40);
    return "'"
        + new String(bytes, from, shown, StandardCharsets.UTF_8)
        + (shown < to - from ? "…'" : "'");
  }
}
