package io.firstresponse.job.ownership;

import io.firstresponse.job.domain.ResponseMode;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * What all writers of a job have to know when they take over from earlier writers, which may have
 * crashed or may still run.
 *
 * @param schema where the tables are
 * @param mode what a key is
 * @param start how the job starts
 * @param batch whether the job runs as a batch
 */
public record Takeover(String schema, ResponseMode mode, JobStart start, boolean batch)
    implements Serializable {

  private static final String ATTEMPT_ID = "<task_attempt_id>";

  /**
   * The fence of a writer that has no state.
   *
   * @param target the table that it writes, as {@code tbl_writer} has it
   */
  public Fence fence(WriterInitContext context, String target) {
    return of(context).fence(target, false);
  }

  /** The takeover of a writer that has no state. */
  TaskTakeover of(WriterInitContext context) {
    return of(context, List.of());
  }

  /**
   * The takeover of a writer.
   *
   * @param watermarks those of its checkpoint that the writer was given
   */
  TaskTakeover of(WriterInitContext context, Collection<Long> watermarks) {
    TaskInfo task = context.getTaskInfo();
    return new TaskTakeover(
        this,
        Recovery.earliest(watermarks),
        context.getJobInfo().getJobId().toHexString(),
        task,
        execution(context),
        context.getRestoredCheckpointId());
  }

  /**
   * Flink's id of the execution: an attempt's id begins with it. Only the variables of metrics have
   * the attempt's id.
   */
  private static String execution(WriterInitContext context) {
    String attempt = context.metricGroup().getAllVariables().getOrDefault(ATTEMPT_ID, "");
    return attempt.substring(0, Math.max(0, attempt.indexOf('_')));
  }
}
