package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.annotation.Nullable;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {

  private static final int QUESTIONS_UNTIL_THE_END = 4;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void aFailureThatEndsTheJobIsNoRestart(int before) {
    FailingJob job = new FailingJob(before, JobStatus.FAILING);
    assertThatThrownBy(() -> progress(job).await(job)).isInstanceOf(ExecutionException.class);
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("restarting");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void aFailureAfterWhichItRunsIsSaidOnce(int before) {
    FailingJob job = new FailingJob(before, JobStatus.RESTARTING);
    assertThatThrownBy(() -> progress(job).await(job)).isInstanceOf(ExecutionException.class);
    assertThat(
            out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("restarting: the reason")))
        .hasSize(1);
  }

  private Progress progress(FailingJob job) {
    return new Progress(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        Duration.ZERO,
        () -> -1,
        id -> job.lastFailure());
  }

  /** A job that fails when so many questions about it have been answered. */
  private static final class FailingJob implements JobClient {

    private final CompletableFuture<JobExecutionResult> result = new CompletableFuture<>();
    private final int before;
    private final JobStatus failed;
    private int questions;

    FailingJob(int before, JobStatus failed) {
      this.before = before;
      this.failed = failed;
    }

    private boolean hasFailed() {
      return questions > before;
    }

    private <T> T answered(T answer) {
      if (questions++ == before + QUESTIONS_UNTIL_THE_END) {
        result.completeExceptionally(new IllegalStateException("it has ended"));
      }
      return answer;
    }

    Optional<Progress.Failure> lastFailure() {
      return answered(
          hasFailed() ? Optional.of(new Progress.Failure(1, "the reason")) : Optional.empty());
    }

    @Override
    public JobID getJobID() {
      return new JobID();
    }

    @Override
    public CompletableFuture<JobStatus> getJobStatus() {
      return CompletableFuture.completedFuture(answered(hasFailed() ? failed : JobStatus.RUNNING));
    }

    @Override
    public CompletableFuture<Map<String, Object>> getAccumulators() {
      return CompletableFuture.completedFuture(answered(Map.of()));
    }

    @Override
    public CompletableFuture<JobExecutionResult> getJobExecutionResult() {
      return result;
    }

    @Override
    public CompletableFuture<Void> cancel() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<String> stopWithSavepoint(
        boolean advance, @Nullable String folder, SavepointFormatType format) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<String> triggerSavepoint(
        @Nullable String folder, SavepointFormatType format) {
      throw new UnsupportedOperationException();
    }
  }
}
