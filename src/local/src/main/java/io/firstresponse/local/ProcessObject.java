package io.firstresponse.local;

import java.io.Serial;
import java.io.Serializable;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A reference to an object of this process, with which a task of its Flink finds the object. The
 * graph of a job is serialized on its way to the tasks; of the object only its number is.
 *
 * @param <T> the type of the object
 */
final class ProcessObject<T> implements Serializable, AutoCloseable {

  @Serial private static final long serialVersionUID = 1;

  private static final Map<UUID, Object> OBJECTS = new ConcurrentHashMap<>();

  private final UUID number = UUID.randomUUID();

  ProcessObject(T object) {
    OBJECTS.put(number, object);
  }

  /**
   * The object.
   *
   * @throws IllegalStateException if the reference is closed, or of another process
   */
  @SuppressWarnings("unchecked")
  T get() {
    Object object = OBJECTS.get(number);
    if (object == null) {
      throw new IllegalStateException("the object is not in this process, or not any more");
    }
    return (T) object;
  }

  /** Forgets the object. */
  @Override
  public void close() {
    OBJECTS.remove(number);
  }
}
