package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.MessageChunk;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Shards;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;

/**
 * Messages that {@link StoredShards} has collected and not written when a checkpoint is taken.
 * There the state of a key can only be changed while a message or timer of that key is processed;
 * so they are state of the task. After a restore each task reads those of all tasks, and keeps its
 * own.
 */
final class UnwrittenMessages {

  // The key of a shard, and its messages.
  private final ListState<byte[]> state;
  // Not asked for yet.
  private final Map<Integer, MessageChunk> restored = new HashMap<>();

  UnwrittenMessages(OperatorStateStore store, ResponseMode mode, TaskInfo task) throws Exception {
    state =
        store.getUnionListState(
            new ListStateDescriptor<>(
                "unwritten-messages", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    for (byte[] entry : state.get()) {
      ByteBuffer bytes = ByteBuffer.wrap(entry);
      int key = bytes.getInt();
      MessageChunk messages = MessageChunk.of(bytes);
      if (isOwn(messages, mode, task)) {
        restored.put(key, messages);
      }
    }
  }

  /** A shard has the number of its key group, and key groups are dealt out in their order. */
  private static boolean isOwn(MessageChunk messages, ResponseMode mode, TaskInfo task) {
    int all = task.getMaxNumberOfParallelSubtasks();
    int[] shard = new int[1];
    messages.forEach((packed, b, a) -> shard[0] = Shards.of(mode, b, a, all));
    return shard[0] * task.getNumberOfParallelSubtasks() / all == task.getIndexOfThisSubtask();
  }

  /** The messages of a shard in the checkpoint, which are the caller's from now on. */
  MessageChunk take(Integer key) {
    MessageChunk messages = restored.remove(key);
    return messages == null ? new MessageChunk() : messages;
  }

  /** Puts the messages into the checkpoint that is being taken. */
  void snapshot(Map<Integer, MessageChunk> collected) throws Exception {
    List<byte[]> entries = new ArrayList<>();
    restored.forEach((key, messages) -> entries.add(entry(key, messages)));
    collected.forEach((key, messages) -> entries.add(entry(key, messages)));
    state.update(entries);
  }

  private static byte[] entry(int key, MessageChunk messages) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + messages.bytes());
    bytes.putInt(key);
    messages.writeTo(bytes);
    return bytes.array();
  }
}
