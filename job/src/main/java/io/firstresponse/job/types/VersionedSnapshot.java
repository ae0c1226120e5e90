package io.firstresponse.job.types;

import java.io.IOException;
import java.util.function.IntFunction;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The mark that a serializer leaves beside the bytes it wrote: the version of its format, and
 * nothing else. Each serializer has a public subclass with a public constructor without arguments;
 * Flink stores its name, so it is never renamed.
 *
 * <p>To change a format: raise the version, and give a serializer that reads the old one for the
 * old number; Flink then rewrites old state by itself.
 */
public abstract class VersionedSnapshot<T> implements TypeSerializerSnapshot<T> {

  private final int currentVersion;
  private final IntFunction<TypeSerializer<T>> serializerOfVersion;
  private int version;

  /**
   * @param currentVersion the version that is written now
   * @param serializerOfVersion gives a serializer that reads the format of a version, 1 to the
   *     current one
   */
  protected VersionedSnapshot(
      int currentVersion, IntFunction<TypeSerializer<T>> serializerOfVersion) {
    this.currentVersion = currentVersion;
    this.serializerOfVersion = serializerOfVersion;
    this.version = currentVersion;
  }

  @Override
  public int getCurrentVersion() {
    return currentVersion;
  }

  @Override
  public void writeSnapshot(DataOutputView out) {}

  @Override
  public void readSnapshot(int readVersion, DataInputView in, ClassLoader loader)
      throws IOException {
    if (readVersion < 1 || readVersion > currentVersion) {
      throw new UnfitStateException(
          "This state was written in format %d of %s, and this release reads formats 1 to %d. Start it with the release that wrote it, or a later one."
              .formatted(readVersion, getClass().getName(), currentVersion));
    }
    version = readVersion;
  }

  @Override
  public TypeSerializer<T> restoreSerializer() {
    return serializerOfVersion.apply(version);
  }

  @Override
  public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    if (old.getClass() != getClass()) {
      return TypeSerializerSchemaCompatibility.incompatible();
    }
    int oldVersion = ((VersionedSnapshot<T>) old).version;
    if (oldVersion > version) {
      return TypeSerializerSchemaCompatibility.incompatible();
    }
    return oldVersion == version
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
  }
}
