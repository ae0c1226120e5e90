package io.firstresponse.job.decode;

import com.fasterxml.jackson.databind.JsonNode;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.mapping.JqProgram;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;
import net.thisptr.jackson.jq.exception.JsonQueryException;

/**
 * Makes messages of records by a jq program. A record gives all its messages or none: one bad
 * output, or an error that the program raises after good ones, makes a dead letter of the record.
 *
 * <p>Not thread-safe.
 */
final class MappedRecords {

  /** The most messages of a record, so that a mistake in a program does not fill the memory. */
  static final int MAX_OUTPUTS = 100_000;

  /** Ends a program with endless output. The program itself cannot catch it. */
  private static final class TooManyOutputs extends RuntimeException {

    private static final long serialVersionUID = 1;

    TooManyOutputs() {
      super(null, null, false, false);
    }
  }

  private final JqProgram program;
  private final MappedOutput output;
  @Nullable private DecodeObserver observer;

  MappedRecords(JqProgram program, MessageFields fields) {
    this.program = program;
    this.output = new MappedOutput(fields);
  }

  /** Reports each record to the observer from now on. */
  void observe(DecodeObserver by) {
    observer = by;
    output.observe(by);
  }

  /** A check of each message. */
  interface Guard {
    void check(Message message) throws Unusable;
  }

  Received received(JsonNode record, Guard guard) throws Unusable {
    List<JsonNode> outputs = new ArrayList<>();
    run(record, outputs);
    List<Message> messages = new ArrayList<>(outputs.size());
    for (int i = 0; i < outputs.size(); i++) {
      try {
        Message message = output.read(outputs.get(i));
        if (message != null) {
          guard.check(message);
          messages.add(message);
        }
      } catch (Unusable e) {
        Reason reason = e.reason() == Reason.FUTURE ? Reason.FUTURE : Reason.MAPPING;
        throw new Unusable(reason, "output " + (i + 1) + ": " + e.getMessage());
      }
    }
    Received received = of(messages, outputs.size());
    if (observer != null) {
      observer.decoded(
          received, record::toString, outputs.stream().map(ProgramOutput::new).toList());
    }
    return received;
  }

  private static Received of(List<Message> messages, int outputs) {
    if (outputs == 0) {
      return Mapped.NOTHING;
    }
    return outputs == 1 && messages.size() == 1
        ? messages.get(0)
        : new Mapped(messages, outputs - messages.size());
  }

  private void run(JsonNode record, List<JsonNode> outputs) throws Unusable {
    try {
      program.run(
          record,
          each -> {
            if (outputs.size() == MAX_OUTPUTS) {
              throw new TooManyOutputs();
            }
            outputs.add(each);
          });
    } catch (JsonQueryException e) {
      throw raised(outputs, String.valueOf(e.getOriginalMessage()));
    } catch (TooManyOutputs e) {
      throw new Unusable(
          Reason.MAPPING, "the program gives more than %,d outputs".formatted(MAX_OUTPUTS));
    } catch (StackOverflowError e) {
      throw raised(outputs, "the program calls itself too often, perhaps without end");
    } catch (RuntimeException e) {
      // A fault of the library must not stop the job.
      throw raised(outputs, e.toString());
    }
  }

  private static Unusable raised(List<JsonNode> before, String words) {
    return new Unusable(Reason.MAPPING, "output " + (before.size() + 1) + ": " + words);
  }
}
