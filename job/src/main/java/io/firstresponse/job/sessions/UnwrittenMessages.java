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
 * The messages that {@link StoredShards} has collected but not written when a checkpoint is taken.
 * Flink allows changes to the keyed state only while a message or timer of that key is processed,
 * and not in a checkpoint. So these messages are operator state. After a restore each task reads
 * the messages of all tasks and keeps those of its own shards.
 */
final class UnwrittenMessages {

  // Each entry: the key of a shard, and its messages.
  private final ListState<byte[]> state;
  // By key: messages that have not been taken since the restore.
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

  /** Whether the shard of the messages is in a key group of this task. */
  private static boolean isOwn(MessageChunk messages, ResponseMode mode, TaskInfo task) {
    int all = task.getMaxNumberOfParallelSubtasks();
    int[] shard = new int[1];
    messages.forEach((packed, b, a, labels) -> shard[0] = Shards.of(mode, b, a, all));
    return shard[0] * task.getNumberOfParallelSubtasks() / all == task.getIndexOfThisSubtask();
  }

  /** Removes and returns the restored messages of a shard. */
  MessageChunk take(Integer key) {
    MessageChunk messages = restored.remove(key);
    return messages == null ? new MessageChunk() : messages;
  }

  /** Writes the messages into the checkpoint. */
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
