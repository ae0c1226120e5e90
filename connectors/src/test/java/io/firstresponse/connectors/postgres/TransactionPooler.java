package io.firstresponse.connectors.postgres;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * A pooler on loopback in transaction mode, as PgBouncer is without support for prepared
 * statements: all clients share three sessions, and each transaction gets the one that has waited
 * longest, with whatever the transactions before have left there. For users who need no password.
 */
public final class TransactionPooler implements AutoCloseable {

  private static final int SESSIONS = 3;

  private static final int SSL_REQUEST = 80_877_103;
  private static final int GSS_REQUEST = 80_877_104;
  private static final int CANCEL_REQUEST = 80_877_102;

  private final ServerSocket listener;
  private final int serverPort;
  private final Deque<Peer> idle = new ArrayDeque<>();
  private final Set<Peer> peers = new HashSet<>();
  private byte[] greeting;
  private int transactions;

  /** Opens no session before the first client comes: its database is that of all. */
  public TransactionPooler(int serverPort) {
    this.serverPort = serverPort;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** How many transactions there were. */
  public synchronized int transactions() {
    return transactions;
  }

  @Override
  public synchronized void close() throws IOException {
    listener.close();
    for (Peer peer : peers) {
      peer.socket.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Peer client = admit(listener.accept());
        daemon(() -> serve(client));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private synchronized Peer admit(Socket socket) throws IOException {
    Peer peer = new Peer(socket);
    peers.add(peer);
    return peer;
  }

  private void serve(Peer client) {
    try (client.socket) {
      byte[] startup = startup(client);
      if (startup == null) {
        return;
      }
      client.out.write(greeting(startup));
      client.out.flush();
      while (true) {
        int type = client.in.read();
        if (type < 0 || type == 'X') {
          return;
        }
        transaction(client, type);
      }
    } catch (IOException | InterruptedException e) {
      // The client has gone, or the test has ended.
    }
  }

  /** The client's first message, after it has been told that there is no encryption. */
  private static byte[] startup(Peer client) throws IOException {
    while (true) {
      int length = client.in.readInt();
      byte[] body = client.in.readNBytes(length - 4);
      int code = body[0] << 24 | (body[1] & 0xff) << 16 | (body[2] & 0xff) << 8 | (body[3] & 0xff);
      if (code == CANCEL_REQUEST) {
        return null;
      }
      if (code != SSL_REQUEST && code != GSS_REQUEST) {
        return body;
      }
      client.out.write('N');
      client.out.flush();
    }
  }

  /** What the server says to a client that it lets in; all sessions are opened for the first. */
  private synchronized byte[] greeting(byte[] startup) throws IOException {
    if (greeting == null) {
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      for (int i = 0; i < SESSIONS; i++) {
        Peer server = admit(new Socket(InetAddress.getLoopbackAddress(), serverPort));
        server.out.writeInt(startup.length + 4);
        server.out.write(startup);
        server.out.flush();
        said.reset();
        server.relayUntilReady(new DataOutputStream(said));
        idle.add(server);
      }
      greeting = said.toByteArray();
    }
    return greeting;
  }

  private void transaction(Peer client, int firstType) throws IOException, InterruptedException {
    Peer server = take();
    int type = firstType;
    while (true) {
      if (type < 0 || type == 'X') {
        // In the middle of a transaction: the session is of no more use.
        server.socket.close();
        return;
      }
      client.relay(type, server.out);
      if (type == 'S' || type == 'Q') {
        server.out.flush();
        int status = server.relayUntilReady(client.out);
        client.out.flush();
        if (status == 'I') {
          putBack(server);
          return;
        }
      }
      type = client.in.read();
    }
  }

  private synchronized Peer take() throws InterruptedException {
    while (idle.isEmpty()) {
      wait();
    }
    transactions++;
    return idle.removeFirst();
  }

  private synchronized void putBack(Peer server) {
    idle.addLast(server);
    notifyAll();
  }

  private static void daemon(Runnable body) {
    Thread thread = new Thread(body, "transaction-pooler");
    thread.setDaemon(true);
    thread.start();
  }

  /** A client, or a session of the server. */
  private static final class Peer {

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    Peer(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    /** Passes a message on whose type has been read, and returns its body. */
    byte[] relay(int type, DataOutputStream to) throws IOException {
      int length = in.readInt();
      byte[] body = in.readNBytes(length - 4);
      to.write(type);
      to.writeInt(length);
      to.write(body);
      return body;
    }

    /** Passes all on until the server is ready; returns whether it is idle: {@code I}. */
    int relayUntilReady(DataOutputStream to) throws IOException {
      while (true) {
        int type = in.read();
        if (type < 0) {
          throw new IOException("the server has closed the session");
        }
        byte[] body = relay(type, to);
        if (type == 'Z') {
          return body[0];
        }
      }
    }
  }
}
