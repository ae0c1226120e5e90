package io.firstresponse.system.chaos;

import io.firstresponse.cluster.ClusterProcess;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A fault of a running job, and its end. Its duration is a number of messages, which are sent
 * throughout.
 */
enum Fault {
  /** A TaskManager dies, and another one is started. */
  KILL_TASK_MANAGER(3, true) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      ClusterProcess victim = run.worker(random);
      victim.kill();
      run.traffic().pass(random.nextInt(2 * ChaosTraffic.RATE));
      victim.forget();
      run.cluster().processes().startTaskManager();
    }
  },

  /** The JobManager dies, and its jobs with it. The job is started from its last checkpoint. */
  KILL_JOB_MANAGER(2, true) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.cluster().processes().jobManager().kill();
      run.traffic().pass(random.nextInt(ChaosTraffic.RATE));
      run.stage().up();
      run.startFromLastCheckpoint(1 + random.nextInt(ChaosStage.SLOTS));
    }
  },

  /** A TaskManager pauses, too short to be declared dead. */
  PAUSE_TASK_MANAGER(2, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      ClusterProcess victim = run.worker(random);
      run.cluster().hold(victim);
      try {
        run.traffic().pass(200 + random.nextInt(2 * ChaosTraffic.RATE));
      } finally {
        run.cluster().letGo(victim);
      }
    }
  },

  /**
   * A TaskManager pauses until it is declared dead, and resumes after the job has recovered without
   * it.
   */
  ZOMBIE_TASK_MANAGER(2, true) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      ClusterProcess victim = run.worker(random);
      run.cluster().hold(victim);
      try {
        run.awaitTaskManagers(ChaosStage.TASK_MANAGERS - 1);
        run.recovered();
        run.traffic().pass(random.nextInt(ChaosTraffic.RATE));
      } finally {
        run.cluster().letGo(victim);
      }
      run.awaitTaskManagers(ChaosStage.TASK_MANAGERS);
    }
  },

  /** The JobManager pauses. */
  PAUSE_JOB_MANAGER(1, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      ClusterProcess victim = run.cluster().processes().jobManager();
      run.cluster().hold(victim);
      try {
        run.traffic().pass(200 + random.nextInt(ChaosTraffic.RATE));
      } finally {
        run.cluster().letGo(victim);
      }
    }
  },

  /** PostgreSQL is shut down immediately, and recovers from its log. */
  CRASH_POSTGRES(2, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.stage().postgres().crash();
      run.traffic().pass(random.nextInt(3 * ChaosTraffic.RATE));
      run.stage().postgres().start();
    }
  },

  /** PostgreSQL is restarted as an administrator does it. */
  RESTART_POSTGRES(1, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.stage().postgres().stop();
      run.stage().postgres().start();
    }
  },

  /** PostgreSQL dies and does not return; a standby with all commits is promoted. */
  FAIL_OVER_POSTGRES(1, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      EmbeddedPostgresServer standby = run.stage().postgres().standby();
      run.traffic().pass(random.nextInt(2 * ChaosTraffic.RATE));
      run.stage().failOver(standby);
    }
  },

  /** PostgreSQL's port refuses connections. */
  REFUSE_CONNECTIONS(1, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.stage().proxy().refuse();
      run.traffic().pass(200 + random.nextInt(3 * ChaosTraffic.RATE));
      run.stage().proxy().pass();
    }
  },

  /** Packets are not forwarded, for less or more than the socket's timeout. */
  HANG_CONNECTIONS(2, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.stage().proxy().hang();
      run.traffic().pass(200 + random.nextInt(6 * ChaosTraffic.RATE));
      run.stage().proxy().pass();
    }
  },

  /** Connections break in the middle of a packet, again and again. */
  CUT_CONNECTIONS(2, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      for (int cut = 0; cut < 3; cut++) {
        int cuts = run.stage().proxy().cuts();
        run.stage().proxy().cutAfter(random.nextInt(4_000));
        run.until("a cut", () -> run.stage().proxy().cuts() > cuts);
      }
    }
  },

  /** The network is slow. */
  SLOW_CONNECTIONS(1, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.stage().proxy().slow(Duration.ofMillis(20 + random.nextInt(80)));
      run.traffic().pass(random.nextInt(3 * ChaosTraffic.RATE));
      run.stage().proxy().pass();
    }
  },

  /**
   * The disk of checkpoints is full. Where no disk can be mounted, {@link #REFUSE_CHECKPOINTS}
   * takes its place.
   */
  FILL_CHECKPOINT_DISK(1, true) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      if (!run.stage().disk().canBeFull()) {
        REFUSE_CHECKPOINTS.strike(run, random);
        return;
      }
      run.stage().disk().fill();
      try {
        run.traffic().pass(random.nextInt(3 * ChaosTraffic.RATE));
      } finally {
        run.stage().disk().clear();
      }
    }
  },

  /** The storage of checkpoints refuses them, as a read-only one does. */
  REFUSE_CHECKPOINTS(1, true) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.stage().refuseCheckpoints(run.job());
      try {
        run.traffic().pass(random.nextInt(3 * ChaosTraffic.RATE));
      } finally {
        run.stage().takeCheckpoints(run.job());
      }
    }
  },

  /** The broker dies and comes back. */
  KILL_BROKER(1, false) {
    @Override
    void strike(ChaosRun run, Random random) {
      run.stage().broker().kill();
      run.stage().broker().start();
    }
  },

  /** The broker is restarted as an administrator does it. */
  RESTART_BROKER(1, false) {
    @Override
    void strike(ChaosRun run, Random random) {
      run.stage().broker().stop();
      run.stage().broker().start();
    }
  },

  /**
   * The job is stopped with a savepoint and started from it with another parallelism, as for an
   * upgrade.
   */
  RESCALE(2, true) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.rescale(1 + random.nextInt(ChaosStage.SLOTS));
    }
  };

  private static final List<Fault> BY_WEIGHT =
      Stream.of(values())
          .flatMap(fault -> Stream.generate(() -> fault).limit(fault.weight))
          .toList();

  private final int weight;
  private final boolean restarts;

  Fault(int weight, boolean restarts) {
    this.weight = weight;
    this.restarts = restarts;
  }

  /** A random fault; its probability is proportional to its weight. */
  static Fault drawn(Random random) {
    return BY_WEIGHT.get(random.nextInt(BY_WEIGHT.size()));
  }

  /** Whether the fault may restart the job; otherwise the job has to continue without a restart. */
  boolean mayRestart() {
    return restarts;
  }

  /**
   * Applies the fault, waits, and ends it. The random values do not depend on the time that
   * anything takes.
   */
  abstract void strike(ChaosRun run, Random random) throws Exception;
}
