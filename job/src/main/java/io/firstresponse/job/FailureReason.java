package io.firstresponse.job;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.util.ExceptionUtils;

/**
 * Why a job failed, in one line. Flink wraps the failure of a task several times, in exceptions
 * that only say where it was caught. The reason is the first exception of the chain that neither
 * Flink nor Java created, or the last exception if they created all of them.
 *
 * <p>The input is a printed stack trace, because Flink's REST interface gives nothing else, and
 * because the class of an exception may be missing here.
 */
public final class FailureReason {

  private static final Pattern EXCEPTION =
      Pattern.compile("(?:Caused by: )?((?:\\w+\\.)+[\\w$]+)(?:: (.*))?");
  private static final Pattern FRAME = Pattern.compile("\tat (?:[^/(]*/)*([\\w.$]+)\\(.*");

  /** Code that wraps the exceptions of others: Flink, its connectors in the job's jar, Java. */
  private static final Pattern WRAPPERS =
      Pattern.compile("(org\\.apache\\.flink|io\\.firstresponse\\.shaded|java|jdk)\\..*");

  /** Exceptions of this project have messages for the person who runs the job. */
  private static final String OWN = "io.firstresponse.";

  private final String type;
  private final String message;
  private String madeBy = "";

  private FailureReason(String type, String message) {
    this.type = type;
    this.message = message;
  }

  /** The reason of a failure. */
  public static String of(Throwable failure) {
    return of(ExceptionUtils.stringifyException(failure));
  }

  /**
   * The reason of a failure.
   *
   * @param stackTrace as Java prints it
   */
  public static String of(String stackTrace) {
    List<FailureReason> chain = chain(stackTrace);
    for (int i = 0; i < chain.size(); i++) {
      FailureReason link = chain.get(i);
      boolean repeats = i + 1 < chain.size() && link.message.equals(chain.get(i + 1).header());
      if (!repeats && !link.isWrapper()) {
        return link.line();
      }
    }
    return chain.isEmpty()
        ? stackTrace.lines().findFirst().orElse("")
        : chain.get(chain.size() - 1).line();
  }

  private static List<FailureReason> chain(String stackTrace) {
    List<FailureReason> chain = new ArrayList<>();
    for (String line : stackTrace.lines().toList()) {
      if (chain.isEmpty() || line.startsWith("Caused by: ")) {
        Matcher exception = EXCEPTION.matcher(line);
        if (exception.matches()) {
          String message = exception.group(2);
          chain.add(new FailureReason(exception.group(1), message == null ? "" : message.strip()));
        }
      } else if (chain.get(chain.size() - 1).madeBy.isEmpty()) {
        Matcher frame = FRAME.matcher(line);
        if (frame.matches()) {
          chain.get(chain.size() - 1).madeBy = frame.group(1);
        }
      }
    }
    return chain;
  }

  /** The exception as Java prints it. A wrapper without a message of its own has this message. */
  private String header() {
    return message.isEmpty() ? type : type + ": " + message;
  }

  private boolean isWrapper() {
    return WRAPPERS.matcher(madeBy.isEmpty() ? type : madeBy).matches();
  }

  private String line() {
    String simple = type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
    if (message.isEmpty()) {
      return simple;
    }
    return madeBy.startsWith(OWN) || type.startsWith(OWN) ? message : simple + ": " + message;
  }
}
