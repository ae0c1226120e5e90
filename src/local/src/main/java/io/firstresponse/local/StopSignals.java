package io.firstresponse.local;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Turns SIGTERM and SIGINT (Ctrl-C) into requests to stop. A second signal ends the process at
 * once. Shutdown hooks cannot do this: they run at the same time as those of Flink, which end the
 * job's cluster.
 */
final class StopSignals {

  private static final int KILLED_BY = 128;

  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

  /** Signals are requests from now on. */
  static StopSignals listen() {
    StopSignals signals = new StopSignals();
    List.of("TERM", "INT").forEach(signals::listen);
    return signals;
  }

  /**
   * Completed by the first signal, with the exit code of a process that it has ended: 128 plus the
   * number of the signal.
   */
  CompletableFuture<Integer> exitCode() {
    return exitCode;
  }

  /**
   * Uses reflection, since javac warns of sun.misc.Signal, and that warning cannot be turned off.
   */
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
