package io.firstresponse.benchmarks.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs several clients of the database at the same time, each in a thread of its own. */
public final class Clients {

  /** The work of one client. */
  public interface Client {
    /**
     * Does the work.
     *
     * @param number the index of this client, from 0
     * @return the number of messages or rows processed
     */
    long run(int number) throws Exception;
  }

  private Clients() {}

  /** Runs all clients and returns the sum of their results. */
  public static long run(int clients, Client client) throws Exception {
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
