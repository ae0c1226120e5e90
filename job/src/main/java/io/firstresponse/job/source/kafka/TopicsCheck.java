package io.firstresponse.job.source.kafka;

import io.firstresponse.job.options.BadOptionException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Checks, when the job is submitted, that Kafka can be reached, has the topics and allows to read
 * them. Otherwise a job with a misspelt topic would fail and restart on the cluster again and
 * again.
 */
final class TopicsCheck {

  private final ReadableConfig options;
  private final Properties clientProperties;
  private final long deadline;

  private TopicsCheck(ReadableConfig options, Properties clientProperties) {
    this.options = options;
    this.clientProperties = clientProperties;
    this.deadline = System.nanoTime() + options.get(KafkaOptions.CHECK_TIMEOUT).toNanos();
  }

  /**
   * Runs the check, for at most {@code source.kafka.check-timeout}.
   *
   * @throws BadOptionException if it fails; the message is one line and names the option
   */
  static void run(ReadableConfig options, Properties clientProperties) {
    new TopicsCheck(options, clientProperties).run();
  }

  private void run() {
    Admin kafka = connect();
    try {
      List<String> topics =
          options
              .getOptional(KafkaOptions.TOPIC_PATTERN)
              .map(pattern -> matching(kafka, pattern))
              .orElseGet(() -> options.get(KafkaOptions.TOPICS));
      describe(kafka, topics);
    } finally {
      // Without a timeout, close would wait for a server that cannot be reached.
      kafka.close(Duration.ZERO);
    }
  }

  private Admin connect() {
    Properties properties = new Properties();
    for (String name : clientProperties.stringPropertyNames()) {
      // Kafka warns about properties that are only known to consumers, so they are left out.
      if (AdminClientConfig.configNames().contains(name)
          || !ConsumerConfig.configNames().contains(name)) {
        properties.setProperty(name, clientProperties.getProperty(name));
      }
    }
    // The property of Kafka is an int.
    String millis =
        Long.toString(
            Math.min(Integer.MAX_VALUE, options.get(KafkaOptions.CHECK_TIMEOUT).toMillis()));
    properties.setProperty(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    properties.setProperty(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    try {
      return Admin.create(properties);
    } catch (KafkaException e) {
      Throwable root = rootOf(e);
      boolean address =
          root instanceof ConfigException
              && String.valueOf(root.getMessage())
                  .contains(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
      throw refused(
          address ? KafkaOptions.BOOTSTRAP_SERVERS : KafkaOptions.PROPERTIES,
          "Kafka's client cannot be made with this: " + oneLine(root.getMessage()),
          e);
    }
  }

  private List<String> matching(Admin kafka, String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    Collection<String> all =
        answer(kafka.listTopics().names(), KafkaOptions.TOPIC_PATTERN, "topics");
    List<String> matching =
        all.stream().filter(name -> compiled.matcher(name).matches()).sorted().toList();
    if (matching.isEmpty()) {
      throw refused(
          KafkaOptions.TOPIC_PATTERN,
          "'%s' matches none of the %d topics at %s that the user may see"
              .formatted(pattern, all.size(), servers()),
          null);
    }
    return matching;
  }

  private void describe(Admin kafka, List<String> topics) {
    Map<String, KafkaFuture<TopicDescription>> described =
        kafka
            .describeTopics(topics, new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    for (String topic : topics) {
      TopicDescription description = answer(described.get(topic), KafkaOptions.TOPICS, topic);
      if (description.authorizedOperations() != null
          && !description.authorizedOperations().contains(AclOperation.READ)) {
        throw refused(
            KafkaOptions.TOPICS,
            "the user has no right to read %s: grant it".formatted(topic),
            null);
      }
    }
  }

  private <T> T answer(KafkaFuture<T> future, ConfigOption<?> asked, String what) {
    try {
      return future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused(KafkaOptions.BOOTSTRAP_SERVERS, "interrupted while asking Kafka", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof TimeoutException) {
        throw unreachable(cause);
      } else if (cause instanceof UnknownTopicOrPartitionException
          || cause instanceof InvalidTopicException) {
        throw refused(
            asked,
            "there is no topic '%s' at %s (%s)"
                .formatted(what, servers(), oneLine(cause.getMessage())),
            cause);
      } else if (cause instanceof AuthorizationException) {
        throw refused(
            asked,
            "the user has no right to see %s: %s".formatted(what, oneLine(cause.getMessage())),
            cause);
      } else if (cause instanceof AuthenticationException) {
        throw refused(
            KafkaOptions.PROPERTIES,
            "%s does not let the job in: %s"
                .formatted(servers(), oneLine(cause.getMessage() + because(cause, rootOf(cause)))),
            cause);
      }
      throw refused(
          KafkaOptions.BOOTSTRAP_SERVERS,
          "Kafka at %s answers: %s".formatted(servers(), oneLine(cause.toString())),
          cause);
    }
  }

  private BadOptionException unreachable(Throwable cause) {
    return refused(
        KafkaOptions.BOOTSTRAP_SERVERS,
        "no answer from %s within %s. Is Kafka there, do its advertised listeners lead back to it, and does it speak %s (%s)?"
            .formatted(
                servers(),
                options.get(KafkaOptions.CHECK_TIMEOUT).toSeconds() + " s",
                clientProperties.getProperty(
                    AdminClientConfig.SECURITY_PROTOCOL_CONFIG,
                    AdminClientConfig.DEFAULT_SECURITY_PROTOCOL),
                ClientProperties.option(AdminClientConfig.SECURITY_PROTOCOL_CONFIG)),
        cause);
  }

  private String servers() {
    return options.get(KafkaOptions.BOOTSTRAP_SERVERS);
  }

  private static String because(Throwable cause, Throwable root) {
    return root == cause ? "" : ": " + root.getMessage();
  }

  private static Throwable rootOf(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String oneLine(String text) {
    String line = String.valueOf(text).lines().findFirst().orElse("").strip();
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }

  private static BadOptionException refused(ConfigOption<?> option, String why, Throwable cause) {
    BadOptionException refusal =
        new BadOptionException(
            "%s: %s%s".formatted(option.key(), why, why.endsWith("?") ? "" : "."));
    if (cause != null) {
      refusal.initCause(cause);
    }
    return refusal;
  }
}
