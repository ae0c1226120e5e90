package io.firstresponse.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several clients of the database at once, each in a thread of its own. */
final class Clients {

  /** What one of them does. */
  interface Client {
    /**
     * Does it.
     *
     * @param number which one, from 0
     * @return how many messages or rows it has done
     */
    long run(int number) throws Exception;
  }

  private Clients() {}

  /** Runs them together and returns the sum of what they have done. */
  static long run(int clients, Client client) throws Exception {
    List<Callable<Long>> work = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      int number = i;
      work.add(() -> client.run(number));
    }
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      long sum = 0;
      for (Future<Long> done : threads.invokeAll(work)) {
        sum += done.get();
      }
      return sum;
    } finally {
      threads.shutdownNow();
    }
  }
}
