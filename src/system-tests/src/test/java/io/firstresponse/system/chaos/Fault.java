package io.firstresponse.system.chaos;

import io.firstresponse.cluster.ClusterProcess;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What can happen to a running job, and how it ends. Its length is counted in messages, which flow
 * all the while.
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

  /**
   * The JobManager dies, and its jobs with it: somebody starts the job from its last checkpoint.
   */
  KILL_JOB_MANAGER(2, true) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.cluster().processes().jobManager().kill();
      run.traffic().pass(random.nextInt(ChaosTraffic.RATE));
      run.stage().up();
      run.startFromLastCheckpoint(1 + random.nextInt(ChaosStage.SLOTS));
    }
  },

  /** A TaskManager pauses, but not for so long that it is taken for dead. */
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

  /** A TaskManager is taken for dead, and wakes up when the job has gone on without it. */
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

  /** PostgreSQL is shut down at once, and recovers from its log. */
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

  /** PostgreSQL dies for good, and a standby that has all that was committed is promoted. */
  FAIL_OVER_POSTGRES(1, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      EmbeddedPostgresServer standby = run.stage().postgres().standby();
      run.traffic().pass(random.nextInt(2 * ChaosTraffic.RATE));
      run.stage().failOver(standby);
    }
  },

  /** Nothing listens where PostgreSQL should be. */
  REFUSE_CONNECTIONS(1, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.stage().proxy().refuse();
      run.traffic().pass(200 + random.nextInt(3 * ChaosTraffic.RATE));
      run.stage().proxy().pass();
    }
  },

  /** Packets go nowhere, for less or more than the socket's timeout. */
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

  /** The network crawls. */
  SLOW_CONNECTIONS(1, false) {
    @Override
    void strike(ChaosRun run, Random random) throws Exception {
      run.stage().proxy().slow(Duration.ofMillis(20 + random.nextInt(80)));
      run.traffic().pass(random.nextInt(3 * ChaosTraffic.RATE));
      run.stage().proxy().pass();
    }
  },

  /** The disk of checkpoints is full. Where none can be mounted, the fault that comes next. */
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

  /** The storage of checkpoints takes none, as when it is read-only. */
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

  /** The job is stopped with a savepoint and goes on at another parallelism, as for an upgrade. */
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

  /** One of them, each as likely as its weight says. */
  static Fault drawn(Random random) {
    return BY_WEIGHT.get(random.nextInt(BY_WEIGHT.size()));
  }

  /** Whether the job may be restarted because of it; otherwise it has to sit it out. */
  boolean mayRestart() {
    return restarts;
  }

  /** Happens, lasts, and is over. What it draws does not depend on how long anything takes. */
  abstract void strike(ChaosRun run, Random random) throws Exception;
}
