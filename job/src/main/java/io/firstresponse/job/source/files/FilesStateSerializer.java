package io.firstresponse.job.source.files;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Serializes the state of the enumerator, in version 1: files, splits, watermark. */
final class FilesStateSerializer implements SimpleVersionedSerializer<FilesState> {

  private static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(FilesState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(state.found().size());
    for (Map.Entry<URI, Long> file : state.found().entrySet()) {
      FilesSplitSerializer.writeText(file.getKey().toString(), out);
      out.writeLong(file.getValue());
    }
    out.writeInt(state.pending().size());
    for (FilesSplit split : state.pending()) {
      FilesSplitSerializer.write(split, out);
    }
    out.writeLong(state.finished());
    return bytes.toByteArray();
  }

  @Override
  public FilesState deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "The enumerator state of the files source has version %d; this release reads version %d"
              .formatted(version, VERSION));
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
    int files = in.readInt();
    Map<URI, Long> found = new HashMap<>();
    for (int i = 0; i < files; i++) {
      found.put(URI.create(FilesSplitSerializer.readText(in)), in.readLong());
    }
    int splits = in.readInt();
    List<FilesSplit> pending = new ArrayList<>();
    for (int i = 0; i < splits; i++) {
      pending.add(FilesSplitSerializer.read(in));
    }
    return new FilesState(found, pending, in.readLong());
  }
}
