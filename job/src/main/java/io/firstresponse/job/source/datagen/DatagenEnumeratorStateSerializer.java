package io.firstresponse.job.source.datagen;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Serializes the state of the enumerator, in version 1: the splits one after the other. */
final class DatagenEnumeratorStateSerializer
    implements SimpleVersionedSerializer<DatagenEnumeratorState> {

  private static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(DatagenEnumeratorState state) {
    ByteBuffer bytes =
        ByteBuffer.allocate(state.unassigned().size() * DatagenSplitSerializer.BYTES);
    state.unassigned().forEach(split -> DatagenSplitSerializer.write(split, bytes));
    return bytes.array();
  }

  @Override
  public DatagenEnumeratorState deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "The enumerator state of the datagen source has version "
              + version
              + "; this release reads version "
              + VERSION);
    }
    if (serialized.length % DatagenSplitSerializer.BYTES != 0) {
      throw new IOException(
          "The enumerator state of the datagen source ends early, after "
              + serialized.length
              + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.wrap(serialized);
    List<DatagenSplit> splits = new ArrayList<>();
    while (bytes.hasRemaining()) {
      splits.add(DatagenSplitSerializer.read(bytes));
    }
    return new DatagenEnumeratorState(splits);
  }
}
