package io.firstresponse.job.source.kafka;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * The configuration of Kafka's clients: the job's defaults, the user's properties, and the
 * properties that only the job may set. It contains no secrets, only placeholders that name where a
 * secret is. Kafka's clients resolve them on the machine on which they run.
 */
final class ClientProperties {

  /** Properties that only the job may set, and what the user can do instead. */
  private static final Map<String, String> RESERVED =
      Map.of(
          ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
          "use " + KafkaOptions.BOOTSTRAP_SERVERS.key(),
          ConsumerConfig.GROUP_ID_CONFIG,
          "use " + KafkaOptions.GROUP_ID.key(),
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          "use " + KafkaOptions.START.key() + " and " + KafkaOptions.ON_MISSING_OFFSET.key(),
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          "offsets are committed with checkpoints",
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          "keys are not read",
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          "use " + KafkaOptions.FORMAT.key(),
          ConsumerConfig.CLIENT_ID_CONFIG,
          "use client.id.prefix, for each reader has a client id of its own",
          KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
          "use " + KafkaOptions.DISCOVERY_INTERVAL.key());

  private static final Map<String, Class<?>> PROVIDERS =
      Map.of(
          "file", FileConfigProvider.class,
          "directory", DirectoryConfigProvider.class,
          "env", EnvVarConfigProvider.class);

  /** A value that is one placeholder: {@code ${provider:where}}. */
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]+):[^}]+}");

  /** The names of secrets among the properties that Kafka itself does not know. */
  private static final Pattern SECRET_NAME =
      Pattern.compile("password|passphrase|secret|credentials?$|private.?key|access.?key|token$");

  private static final Pattern WHERE_NAME = Pattern.compile("\\.(file|location|path|url|class)$");

  /** An option of a login module: a name, and a value in quotes or without. */
  private static final Pattern JAAS_OPTION =
      Pattern.compile(
          "([\\w.-]+)\\s*=\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|[^\\s;]+)");

  private static final Pattern URL_WITH_PASSWORD = Pattern.compile("://[^/@\\s]*:[^/@\\s]*@");

  private ClientProperties() {}

  /**
   * The properties of the consumers, and of the client that discovers partitions.
   *
   * @throws IllegalArgumentException if only the job may set a property, or if it contains a
   *     secret; the message names the option, but never its value
   */
  static Properties from(ReadableConfig options) {
    Map<String, String> given = options.get(KafkaOptions.PROPERTIES);
    Properties properties = new Properties();
    // Records of an aborted transaction must not be read.
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    // Otherwise the consumer would create a deleted topic again.
    properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    PROVIDERS.forEach(
        (name, type) ->
            properties.setProperty(
                AbstractConfig.CONFIG_PROVIDERS_CONFIG + "." + name + ".class", type.getName()));
    properties.putAll(given);

    Set<String> providers = new LinkedHashSet<>(PROVIDERS.keySet());
    String more = given.getOrDefault(AbstractConfig.CONFIG_PROVIDERS_CONFIG, "");
    Arrays.stream(more.split(",", -1))
        .map(String::strip)
        .filter(p -> !p.isEmpty())
        .forEach(providers::add);
    properties.setProperty(AbstractConfig.CONFIG_PROVIDERS_CONFIG, String.join(",", providers));
    given.forEach((name, value) -> check(name, value, providers));

    properties.setProperty(
        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, options.get(KafkaOptions.BOOTSTRAP_SERVERS));
    properties.setProperty(ConsumerConfig.GROUP_ID_CONFIG, options.get(KafkaOptions.GROUP_ID));
    properties.setProperty(
        KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
        Long.toString(options.get(KafkaOptions.DISCOVERY_INTERVAL).toMillis()));
    return properties;
  }

  /** The key of the option for a property. */
  static String option(String name) {
    return KafkaOptions.PROPERTIES.key() + "." + name;
  }

  private static void check(String name, String value, Set<String> providers) {
    if (RESERVED.containsKey(name)) {
      throw refused(name, "is the job's to set: " + RESERVED.get(name));
    }
    Matcher placeholders = PLACEHOLDER.matcher(value);
    while (placeholders.find()) {
      if (!providers.contains(placeholders.group(1))) {
        throw refused(
            name,
            "there is no config provider '"
                + placeholders.group(1)
                + "', only "
                + String.join(", ", providers));
      }
    }
    boolean secret =
        name.equals(SaslConfigs.SASL_JAAS_CONFIG)
            ? holdsJaasSecret(value)
            : isSecret(name) && !isPlaceholder(value);
    if (secret || URL_WITH_PASSWORD.matcher(value).find()) {
      throw refused(
          name,
          "holds a secret, and options are shown on Flink's web page. Put it into a file of key=value"
              + " lines that only the job's user can read, and write"
              + " ${file:/path/of/the/file:key} in its place, or ${env:VARIABLE}");
    }
  }

  /** Whether Kafka declares the property as a password, or its name looks like one. */
  private static boolean isSecret(String name) {
    ConfigDef.ConfigKey known = ConsumerConfig.configDef().configKeys().get(name);
    String lower = name.toLowerCase(Locale.ROOT);
    return known == null
        ? SECRET_NAME.matcher(lower).find() && !WHERE_NAME.matcher(lower).find()
        : known.type == ConfigDef.Type.PASSWORD;
  }

  private static boolean holdsJaasSecret(String value) {
    Matcher options = JAAS_OPTION.matcher(value);
    while (options.find()) {
      String name = options.group(1).toLowerCase(Locale.ROOT);
      String unquoted = options.group(2).replaceAll("^[\"']|[\"']$", "");
      if (SECRET_NAME.matcher(name).find() && !isPlaceholder(unquoted)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPlaceholder(String value) {
    return PLACEHOLDER.matcher(value).matches();
  }

  private static IllegalArgumentException refused(String name, String why) {
    return new IllegalArgumentException(option(name) + ": " + why + ".");
  }
}
