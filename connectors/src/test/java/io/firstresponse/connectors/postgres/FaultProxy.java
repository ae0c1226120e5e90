package io.firstresponse.connectors.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * A TCP proxy on loopback that breaks connections when a test says so. It starts by passing
 * everything on.
 */
public final class FaultProxy implements AutoCloseable {

  private enum Mode {
    PASS,
    REFUSE,
    HANG,
    SLOW
  }

  private static final long UNLIMITED = Long.MAX_VALUE;

  private final ServerSocket listener;
  private final Set<Socket> sockets = new HashSet<>();
  private int targetPort;
  private Mode mode = Mode.PASS;
  private long pauseMillis;
  private long bytesUntilCut = UNLIMITED;
  private int cuts;
  private boolean closed;

  public FaultProxy(int targetPort) {
    this.targetPort = targetPort;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon("accept", this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Passes on again, what was held back too. */
  public synchronized void pass() {
    mode = Mode.PASS;
    notifyAll();
  }

  /** Breaks all connections, and each new one before its first byte. */
  public synchronized void refuse() {
    mode = Mode.REFUSE;
    breakAll();
    notifyAll();
  }

  /**
   * Holds everything back, in both directions. Connections stay open, and new ones are accepted.
   */
  public synchronized void hang() {
    mode = Mode.HANG;
  }

  /** Passes on, but each piece, of 16 KiB at most, only after a pause. */
  public synchronized void slow(Duration pause) {
    mode = Mode.SLOW;
    pauseMillis = pause.toMillis();
  }

  /** Leads new connections to another server, and breaks those to the present one. */
  public synchronized void leadTo(int port) {
    targetPort = port;
    breakAll();
  }

  /**
   * Breaks all connections when so many more bytes have gone to the server, in the middle of a
   * packet if they end there; once. New connections pass.
   */
  public synchronized void cutAfter(long bytesToServer) {
    bytesUntilCut = bytesToServer;
  }

  /** How many times {@link #cutAfter} has taken effect. */
  public synchronized int cuts() {
    return cuts;
  }

  @Override
  public synchronized void close() {
    closed = true;
    breakAll();
    notifyAll();
    closeQuietly(listener);
  }

  private synchronized int targetPort() {
    return targetPort;
  }

  private void accept() {
    while (true) {
      try {
        Socket client = listener.accept();
        if (!admit(client)) {
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), targetPort());
        if (!admit(server)) {
          continue;
        }
        daemon("to-server", () -> pump(client, server, true));
        daemon("to-client", () -> pump(server, client, false));
      } catch (IOException e) {
        if (listener.isClosed()) {
          return;
        }
        // The server is down: as it would look without the proxy, the connection ends.
        synchronized (this) {
          breakAll();
        }
      }
    }
  }

  private synchronized boolean admit(Socket socket) {
    if (closed || mode == Mode.REFUSE) {
      closeQuietly(socket);
      return false;
    }
    sockets.add(socket);
    return true;
  }

  private void pump(Socket from, Socket to, boolean toServer) {
    byte[] buffer = new byte[16 * 1024];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      int read = in.read(buffer);
      while (read >= 0) {
        int allowed = allow(read, toServer);
        out.write(buffer, 0, allowed);
        out.flush();
        if (allowed < read) {
          breakAll();
          return;
        }
        read = in.read(buffer);
      }
    } catch (IOException e) {
      // Broken by either side or by the test; both ends are closed on the way out.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits while the proxy hangs, or as long as it is slow, then says how many of the bytes may go
   * on.
   */
  private synchronized int allow(int bytes, boolean toServer) throws InterruptedException {
    long start = System.nanoTime();
    long left = pauseMillis;
    while (mode == Mode.SLOW && !closed && left > 0) {
      wait(left);
      left = pauseMillis - (System.nanoTime() - start) / 1_000_000;
    }
    while (mode == Mode.HANG && !closed) {
      wait();
    }
    if (!toServer || bytesUntilCut == UNLIMITED) {
      return bytes;
    }
    int allowed = (int) Math.min(bytes, bytesUntilCut);
    bytesUntilCut -= allowed;
    if (allowed < bytes) {
      // Counted here: another connection may come before this one has written what is allowed.
      cuts++;
      bytesUntilCut = UNLIMITED;
    }
    return allowed;
  }

  private synchronized void breakAll() {
    sockets.forEach(FaultProxy::closeQuietly);
    sockets.clear();
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // It is gone either way.
    }
  }

  private static void daemon(String name, Runnable body) {
    Thread thread = new Thread(body, "fault-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }
}
