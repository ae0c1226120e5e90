package io.firstresponse.job.types;

import java.io.IOException;
import java.util.function.IntFunction;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What Flink stores beside the bytes of a serializer: the version of their format. Each serializer
 * has a public subclass of this class, with a public constructor without parameters. Flink stores
 * the name of the subclass, so it must not be renamed.
 *
 * <p>To change a format, raise the version, and return a serializer that reads the old format for
 * the old version. Flink then rewrites old state by itself. If the new format only adds to the old
 * one, so that the same serializer reads both, old state stays as it is.
 */
public abstract class VersionedSnapshot<T> implements TypeSerializerSnapshot<T> {

  private final int currentVersion;
  private final int readAsIs;
  private final IntFunction<TypeSerializer<T>> serializerOfVersion;
  private int version;

  /**
   * @param currentVersion the version that is written
   * @param serializerOfVersion the serializer that reads a version, from 1 to the current one
   */
  protected VersionedSnapshot(
      int currentVersion, IntFunction<TypeSerializer<T>> serializerOfVersion) {
    this(currentVersion, currentVersion, serializerOfVersion);
  }

  /**
   * @param currentVersion the version that is written
   * @param readAsIs the first version that the serializer of the current one reads as well
   * @param serializerOfVersion the serializer that reads a version, from 1 to the current one
   */
  protected VersionedSnapshot(
      int currentVersion, int readAsIs, IntFunction<TypeSerializer<T>> serializerOfVersion) {
    this.currentVersion = currentVersion;
    this.readAsIs = readAsIs;
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
    return oldVersion == version || oldVersion >= readAsIs
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
  }
}
