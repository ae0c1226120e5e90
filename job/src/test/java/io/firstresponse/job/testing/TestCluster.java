package io.firstresponse.job.testing;

import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;

/** A Flink in the JVM of the tests, one for each class that registers it. */
public final class TestCluster {

  /** Counts travel with the heartbeats. */
  private static final Duration HEARTBEAT = Duration.ofMillis(300);

  private TestCluster() {}

  /** One TaskManager. */
  public static MiniClusterExtension withSlots(int slots) {
    return withSlots(slots, new Configuration());
  }

  /** One TaskManager, with settings that go before ours. */
  public static MiniClusterExtension withSlots(int slots, Configuration settings) {
    Configuration configuration =
        new Configuration().set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, HEARTBEAT);
    configuration.addAll(settings);
    return new MiniClusterExtension(
        new MiniClusterResourceConfiguration.Builder()
            .setConfiguration(configuration)
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(slots)
            .build());
  }
}
