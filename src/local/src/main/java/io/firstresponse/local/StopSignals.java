package io.firstresponse.local;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Makes a request to stop of what would end the process at once: SIGTERM, and SIGINT, which Ctrl-C
 * sends. A second signal ends it as usual. Shutdown hooks could not do this: they run while those
 * of Flink take the job's ground away.
 */
final class StopSignals {

  private static final int KILLED_BY = 128;

  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

  /** From now on signals are requests. */
  static StopSignals listen() {
    StopSignals signals = new StopSignals();
    List.of("TERM", "INT").forEach(signals::listen);
    return signals;
  }

  /**
   * Completed by the first signal, with the exit code of a process that was ended by it: 128 and
   * the number of the signal.
   */
  CompletableFuture<Integer> exitCode() {
    return exitCode;
  }

  /** By reflection, since javac has a warning for its name that cannot be turned off. */
  private void listen(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object received =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, args) -> {
                int number = (int) signal.getMethod("getNumber").invoke(args[0]);
                if (!exitCode.complete(KILLED_BY + number)) {
                  System.exit(KILLED_BY + number);
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), received);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("signals cannot be received", e);
    }
  }
}
