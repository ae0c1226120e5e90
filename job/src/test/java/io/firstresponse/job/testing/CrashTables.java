package io.firstresponse.job.testing;

import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.Texts;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.flink.streaming.api.watermark.Watermark;

/** The tables that a {@link CrashSchedule} writes, and what it can know of them. */
public interface CrashTables {

  /** A row of {@code tbl_result}. */
  record Row(Session session, boolean isFinal) {}

  /**
   * The writers of one subtask.
   *
   * @param restored whether it starts from a checkpoint
   * @param now the clock, in milliseconds
   */
  Writers open(int index, int parallelism, boolean restored, long checkpoint, long now)
      throws Exception;

  /** An attempt that was started from a checkpoint before the last one comes to begin only now. */
  void openInVain(int index, int parallelism, long checkpoint) throws Exception;

  /** All writers have prepared for the checkpoint, and it is complete. */
  void checkpointed();

  /** What was done since the checkpoint is lost, or has to be made right. */
  void crashed();

  List<Row> rows() throws Exception;

  /** The messages that were too late, as {@link #plain} has them. */
  Set<Message> late() throws Exception;

  /** The time through which results are reported as complete, in milliseconds. */
  OptionalLong completeThrough() throws Exception;

  /** All that another attempt could have changed. */
  List<String> contents() throws Exception;

  /** A message, whatever its labels, and automated or not: {@code tbl_late} has it once. */
  static Message plain(Message message) {
    return new Message(message.a(), message.b(), message.ts(), message.kind(), false, Texts.NONE);
  }

  /** What a subtask writes with. */
  interface Writers extends AutoCloseable {

    void write(SessionChange change) throws Exception;

    void write(LateMessage late) throws Exception;

    void watermark(Watermark mark) throws Exception;

    /** The clock goes on, and what waits may be written. */
    void tick(long now) throws Exception;

    void prepare(long checkpoint) throws Exception;

    /** Tries to write all that it has when others have taken its place. */
    void writeInVain(long checkpoint) throws Exception;

    void endInput() throws Exception;

    @Override
    void close() throws Exception;
  }
}
