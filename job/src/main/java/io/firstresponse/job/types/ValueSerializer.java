package io.firstresponse.job.types;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The base of the serializers of immutable values, which need not be copied. */
abstract class ValueSerializer<T> extends TypeSerializerSingleton<T> {

  private final int length;

  /**
   * @param length the length in bytes, or -1 if it varies
   */
  ValueSerializer(int length) {
    this.length = length;
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public T copy(T from, T reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return length;
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    if (length >= 0) {
      target.write(source, length);
    } else {
      serialize(deserialize(source), target);
    }
  }
}
