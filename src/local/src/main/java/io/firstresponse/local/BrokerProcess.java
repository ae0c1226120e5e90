package io.firstresponse.local;

import java.io.IOException;
import java.io.PrintStream;

/**
 * The main class of the broker's process: formats the broker's storage and runs Kafka, until its
 * standard input ends. That is when the process ends that has started it, also if it was killed.
 *
 * <p>Its class path is that of the broker. So it uses the JDK only, and calls Kafka by reflection.
 */
final class BrokerProcess {

  private static final int NOT_FORMATTED = 1;

  private BrokerProcess() {}

  /**
   * Returns when Kafka does.
   *
   * @param args the broker's properties file, and the id of its cluster
   */
  public static void main(String[] args) throws Exception {
    Thread parent = new Thread(BrokerProcess::endWithInput, "standard input");
    parent.setDaemon(true);
    parent.start();
    String[] format = {"format", "-t", args[1], "-c", args[0]};
    Object exitCode =
        Class.forName("kafka.tools.StorageTool")
            .getMethod("execute", String[].class, PrintStream.class)
            .invoke(null, format, System.out);
    if (!exitCode.equals(0)) {
      System.exit(NOT_FORMATTED);
    }
    Class.forName("kafka.Kafka")
        .getMethod("main", String[].class)
        .invoke(null, (Object) new String[] {args[0]});
  }

  private static void endWithInput() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is expected there but its end.
      }
    } catch (IOException e) {
      // It has ended too.
    }
    // Without an orderly shutdown: nobody reads the broker's files any more.
    Runtime.getRuntime().halt(0);
  }
}
