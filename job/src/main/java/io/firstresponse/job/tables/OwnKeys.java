package io.firstresponse.job.tables;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.ResponseMode;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/** The keys that a task writes: those of the task of the keyed operator that it follows. */
record OwnKeys(ResponseMode mode, TaskInfo task) {

  boolean contains(long b, long a) {
    return contains(mode.key(b, a));
  }

  boolean contains(ConversationKey key) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            key, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
        == task.getIndexOfThisSubtask();
  }
}
