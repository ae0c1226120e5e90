package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.PermanentFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.SerializedThrowable;
import org.junit.jupiter.api.Test;

/** Flink's exceptions here are made by Flink's own code, as those of a job are. */
class FailureReasonTest {

  @Test
  void isWhatTheJobSaysWhateverFlinkPutsAroundIt() {
    Throwable failure = passedOn(new PermanentFailure("The table is missing. Create it."));
    assertThat(FailureReason.of(failure)).isEqualTo("The table is missing. Create it.");
    assertThat(FailureReason.of(new SerializedThrowable(failure)))
        .isEqualTo("The table is missing. Create it.");
  }

  @Test
  void isTheOutermostThatTheJobSays() {
    Exception said =
        new IOException("Gave up. Look whether the server runs.", new SQLException("refused"));
    assertThat(FailureReason.of(passedOn(said)))
        .isEqualTo("Gave up. Look whether the server runs.");
  }

  @Test
  void isTheLastOneWhereNobodyElseSaysSomething() {
    Exception missing = thrown(() -> Files.newInputStream(Path.of("no", "such", "file")));
    assertThat(FailureReason.of(passedOn(missing))).isEqualTo("NoSuchFileException: no/such/file");
    Exception end =
        thrown(() -> LongSerializer.INSTANCE.deserialize(new DataInputDeserializer(new byte[1])));
    assertThat(FailureReason.of(passedOn(end))).isEqualTo("EOFException");
  }

  /** As when an exception that must be declared is thrown on as one that need not be. */
  @Test
  void isNotWhatOnlyRepeatsItsCause() {
    assertThat(
            FailureReason.of(
                """
                org.apache.flink.util.FlinkException: Global failure triggered by OperatorCoordinator for 'Source: Messages'.
                \tat org.apache.flink.runtime.source.coordinator.SourceCoordinatorContext.failJob(SourceCoordinatorContext.java:437)
                Caused by: org.apache.flink.util.FlinkRuntimeException: io.firstresponse.connectors.PermanentFailure: The file cannot be read. Mend it.
                \tat io.firstresponse.job.source.files.FilesEnumerator.take(FilesEnumerator.java:148)
                \t... 7 more
                Caused by: io.firstresponse.connectors.PermanentFailure: The file cannot be read. Mend it.
                \tat io.firstresponse.job.source.files.Unreadable.failure(Unreadable.java:75)
                \t... 10 more
                """))
        .isEqualTo("The file cannot be read. Mend it.");
    assertThat(
            FailureReason.of(
                """
                java.io.UncheckedIOException: java.io.EOFException
                \tat io.firstresponse.job.source.files.FileReader.read(FileReader.java:1)
                Caused by: java.io.EOFException
                \tat java.base/java.io.DataInputStream.readFully(DataInputStream.java:203)
                """))
        .isEqualTo("EOFException");
  }

  @Test
  void isOneLine() {
    assertThat(FailureReason.of(passedOn(new PermanentFailure("First line.\nSecond line."))))
        .isEqualTo("First line.");
  }

  /** As Flink prints it when a timer of a task fails. */
  @Test
  void isFoundBehindATimer() {
    assertThat(
            FailureReason.of(
                """
                java.lang.RuntimeException: Caught exception while processing timer.
                \tat org.apache.flink.streaming.runtime.tasks.StreamTask$StreamTaskAsyncExceptionHandler.handleAsyncException(StreamTask.java:1767)
                \tat java.base/java.lang.Thread.run(Thread.java:840)
                Caused by: TimerException{io.firstresponse.job.ownership.SupersededException: A job writes.}
                \tat org.apache.flink.streaming.runtime.tasks.StreamTask.handleTimerException(StreamTask.java:1901)
                \t... 12 more
                Caused by: io.firstresponse.job.ownership.SupersededException: A job that was submitted later writes.
                \tat io.firstresponse.job.ownership.Fence.superseded(Fence.java:347)
                \t... 12 more
                """))
        .isEqualTo("A job that was submitted later writes.");
  }

  @Test
  void ofSomethingElseIsItsFirstLine() {
    assertThat(FailureReason.of("nothing that Java prints\nat all"))
        .isEqualTo("nothing that Java prints");
    assertThat(FailureReason.of("")).isEmpty();
  }

  /** What a client gets of a job whose task failed. */
  private static Throwable passedOn(Throwable cause) {
    JobResult failed =
        new JobResult.Builder()
            .jobId(new JobID())
            .jobStatus(JobStatus.FAILED)
            .netRuntime(1)
            .serializedThrowable(new SerializedThrowable(rethrownByFlink(cause)))
            .build();
    Exception failure =
        thrown(() -> failed.toJobExecutionResult(FailureReasonTest.class.getClassLoader()));
    return thrown(() -> CompletableFuture.failedFuture(failure).get());
  }

  private static Throwable rethrownByFlink(Throwable cause) {
    try {
      ExceptionUtils.rethrow(cause, "Something failed.");
      throw new AssertionError();
    } catch (RuntimeException e) {
      return e;
    }
  }

  private interface Failing {
    Object run() throws Exception;
  }

  private static Exception thrown(Failing failing) {
    try {
      failing.run();
      throw new AssertionError();
    } catch (Exception e) {
      return e;
    }
  }
}
