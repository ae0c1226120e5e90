package io.firstresponse.job.source.kafka;

import java.io.Serial;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The record to go on with is not in Kafka any more, and the job was told not to pass over it. The
 * message says what to do. Flink does not restart the job: the record will not come back.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class MissingOffsetException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  MissingOffsetException(String message) {
    super(message);
  }

  MissingOffsetException(String message, Throwable cause) {
    super(message, cause);
  }
}
