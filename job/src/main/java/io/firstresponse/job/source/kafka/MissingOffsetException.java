package io.firstresponse.job.source.kafka;

import java.io.Serial;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * Kafka deleted a record before the job read it, and the options do not allow to skip it. The
 * message says what to do. Flink does not restart the job, since the record will not come back.
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
