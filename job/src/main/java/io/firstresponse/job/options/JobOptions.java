package io.firstresponse.job.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.domain.ResponseMode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;

/**
 * Every option of the job: its key, type, default and meaning. The reference page is made from this
 * class. Flink's own settings are not here; they stay in Flink's configuration.
 */
public final class JobOptions {

  /** When rows are written. */
  public enum Results {
    /** When no message in time can change them. */
    FINAL,
    /** At once, and again when they change. */
    LIVE;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** How a batch fills an empty table. */
  public enum Bulk {
    /** Without its keys and indexes, where they can be made after the rows. */
    AUTO,
    /** With them. */
    OFF;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** Where messages come from. */
  public enum SourceType {
    FILES,
    DATAGEN,
    POSTGRES,
    KAFKA;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** How the records of a file are written. */
  public enum FileFormat {
    /** An object a line. */
    JSON_LINES,
    /** Values one after the other, and elements of arrays. */
    JSON,
    CSV;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** What a file or folder leads to that cannot be read. */
  public enum OnUnreadable {
    /** The job ends. */
    FAIL,
    /** It becomes a dead letter, and the rest is read. */
    DEAD_LETTER;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** What made-up traffic is like. */
  public enum Traffic {
    /** Anybody writes to anybody, at any time. */
    EVEN,
    /** Weeks have busy hours and quiet ones; customers come and go. */
    SUPPORT_DESK;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** Where reading a topic begins, when there is no savepoint to begin from. */
  public enum KafkaStart {
    /** With the oldest record that is there. */
    EARLIEST,
    /** With the first record that comes after. */
    LATEST,
    /** Where the consumer group had come to. */
    GROUP,
    /** With the first record stamped at or after a time. */
    TIMESTAMP;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** Where reading a topic ends. */
  public enum KafkaEnd {
    NEVER,
    /** With the last record that is there when the job starts. */
    LATEST;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** What to do when the record to go on with is gone. */
  public enum MissingOffset {
    FAIL,
    EARLIEST,
    LATEST;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** How the records of a topic are written. */
  public enum KafkaFormat {
    JSON,
    DEBEZIUM_JSON;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** What a number in the timestamp field counts. */
  public enum EpochUnit {
    SECONDS,
    MILLISECONDS,
    MICROSECONDS,
    NANOSECONDS;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  /** What automated messages do. */
  public enum AutomatedPolicy {
    /** They neither open nor answer. */
    IGNORE,
    /** They are treated as anybody's. */
    COUNT;

    @Override
    public String toString() {
      return spelled(this);
    }
  }

  public static final ConfigOption<ResponseMode> RESPONSE_MODE =
      key("response-mode")
          .enumType(ResponseMode.class)
          .defaultValue(ResponseMode.ANY_AGENT)
          .withDescription(
              "Who may answer a customer: any agent (sessions belong to a customer), or only the"
                  + " agent written to (sessions belong to a customer and an agent).");

  public static final ConfigOption<Results> RESULTS =
      key("results")
          .enumType(Results.class)
          .defaultValue(Results.FINAL)
          .withDescription(
              "When rows are written: once they are final (event-time.max-out-of-orderness after"
                  + " their messages), or at once, corrected in place until they are final.");

  public static final ConfigOption<Duration> LIVE_INTERVAL =
      key("results.live-interval")
          .durationType()
          .defaultValue(Duration.ofMillis(200))
          .withDescription(
              "With live results: how often the rows of customers with new messages are written."
                  + " While the job catches up it is at least 1 s, and a row that is about to be"
                  + " final waits for the next time.");

  public static final ConfigOption<Boolean> CORRECTIONS =
      key("results.corrections")
          .booleanType()
          .defaultValue(true)
          .withDescription(
              "With live results: keep in tbl_correction what was told and was then corrected.");

  public static final ConfigOption<SourceType> SOURCE_TYPE =
      key("source.type")
          .enumType(SourceType.class)
          .noDefaultValue()
          .withDescription("Where messages come from. Required.");

  public static final ConfigOption<String> FILES_PATH =
      key("source.files.path")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A file or a folder, read with all its subfolders; names that start with '.' or '_'"
                  + " are passed over. Files that end in .gz are decompressed. Required for source.type"
                  + " files.");

  public static final ConfigOption<FileFormat> FILES_FORMAT =
      key("source.files.format")
          .enumType(FileFormat.class)
          .noDefaultValue()
          .withDescription(
              "How messages are written in the files: an object a line, JSON values and arrays laid"
                  + " out in any way, or CSV. Without it the name of each file decides: .json, .jsonl,"
                  + " .ndjson or .csv, before a .gz; a .json file that begins with an array, or whose"
                  + " first object does not end with its line, is json.");

  public static final ConfigOption<Duration> FILES_WATCH_INTERVAL =
      key("source.files.watch-interval")
          .durationType()
          .noDefaultValue()
          .withDescription(
              "Watch the folder for new files this often, and never end. Without it, the files that"
                  + " are there are read and the job ends. A file must be complete when its name"
                  + " appears: write it elsewhere, then move it. One that has another length than when it"
                  + " was found counts as unreadable.");

  public static final ConfigOption<OnUnreadable> FILES_ON_UNREADABLE =
      key("source.files.on-unreadable")
          .enumType(OnUnreadable.class)
          .defaultValue(OnUnreadable.FAIL)
          .withDescription(
              "What a file or folder leads to that cannot be read (no right, a link to nothing,"
                  + " removed or changed since it was found): the job fails and names it, or it"
                  + " becomes a dead letter and the rest is read.");

  public static final ConfigOption<String> FILES_CSV_DELIMITER =
      key("source.files.csv-delimiter")
          .stringType()
          .defaultValue(",")
          .withDescription(
              "What stands between two fields of a CSV record: one character, or \\t.");

  public static final ConfigOption<Long> DATAGEN_COUNT =
      key("source.datagen.count")
          .longType()
          .defaultValue(1_000_000L)
          .withDescription("How many messages to generate, duplicates included; 0: without end.");

  public static final ConfigOption<Double> DATAGEN_RATE =
      key("source.datagen.rate")
          .doubleType()
          .defaultValue(0.0)
          .withDescription(
              "Messages per second of wall-clock time, all splits together; 0: as fast as possible.");

  public static final ConfigOption<Double> DATAGEN_EVENT_RATE =
      key("source.datagen.event-rate")
          .doubleType()
          .defaultValue(20_000.0)
          .withDescription("Messages per second of event time.");

  public static final ConfigOption<Duration> DATAGEN_DISORDER =
      key("source.datagen.disorder")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "How far out of order messages arrive: each is delayed by a time drawn evenly between"
                  + " 0 and this.");

  public static final ConfigOption<Double> DATAGEN_DUPLICATES =
      key("source.datagen.duplicates")
          .doubleType()
          .defaultValue(0.0)
          .withDescription("The share of deliveries that repeat an earlier message, 0 to 0.99.");

  public static final ConfigOption<Double> DATAGEN_AUTOMATED =
      key("source.datagen.automated")
          .doubleType()
          .defaultValue(0.0)
          .withDescription("The share of agents' messages that are marked as automated, 0 to 1.");

  public static final ConfigOption<Long> DATAGEN_SEED =
      key("source.datagen.seed")
          .longType()
          .defaultValue(1L)
          .withDescription("The same seed and options give the same messages, at any parallelism.");

  public static final ConfigOption<Long> DATAGEN_AGENTS =
      key("source.datagen.agents")
          .longType()
          .noDefaultValue()
          .withDescription(
              "How many agents write. Default: 100 in any-agent mode, 10 in addressed-agent mode.");

  public static final ConfigOption<Long> DATAGEN_CUSTOMERS =
      key("source.datagen.customers")
          .longType()
          .noDefaultValue()
          .withDescription(
              "How many customers write; with the traffic of a support desk, how many at a time."
                  + " Default: 1000000 in any-agent mode, 10000 in addressed-agent mode, 60 at a"
                  + " support desk.");

  public static final ConfigOption<Traffic> DATAGEN_TRAFFIC =
      key("source.datagen.traffic")
          .enumType(Traffic.class)
          .defaultValue(Traffic.EVEN)
          .withDescription(
              "even: each agent and each customer writes as often as any other, at any time."
                  + " support-desk: weeks of busy and quiet hours, agents in shifts, customers who"
                  + " come, write about a dozen messages, and go. The event rate is the mean of a"
                  + " week then.");

  public static final ConfigOption<String> DATAGEN_START =
      key("source.datagen.start")
          .stringType()
          .defaultValue("2018-08-15T10:00:00Z")
          .withDescription("The event time at which the first message arrives, in ISO-8601.");

  public static final ConfigOption<Integer> DATAGEN_SPLITS =
      key("source.datagen.splits")
          .intType()
          .defaultValue(4)
          .withDescription(
              "Into how many splits the stream is dealt out, like the partitions of a topic. At most"
                  + " so many readers work in parallel.");

  public static final ConfigOption<String> POSTGRES_URL =
      key("source.postgres.url")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Where the table of messages is: jdbc:postgresql://host:port/database. Never with a"
                  + " password in it. Required for source.type postgres.");

  public static final ConfigOption<String> POSTGRES_USER =
      key("source.postgres.user")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The database user who reads the table. Required for source.type postgres.");

  public static final ConfigOption<String> POSTGRES_PASSWORD_FILE =
      key("source.postgres.password-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A file whose first line is the password, read by each task when it connects. Without"
                  + " it the environment variable FIRST_RESPONSE_SOURCE_PASSWORD is read there, and"
                  + " without that no password is sent.");

  public static final ConfigOption<String> POSTGRES_SCHEMA =
      key("source.postgres.schema")
          .stringType()
          .defaultValue("public")
          .withDescription("The schema of the table.");

  public static final ConfigOption<String> POSTGRES_TABLE =
      key("source.postgres.table")
          .stringType()
          .defaultValue("tbl")
          .withDescription(
              "The table, or a view. Its columns are named by messages.field.*; it should have an"
                  + " index on the time.");

  public static final ConfigOption<String> POSTGRES_FROM =
      key("source.postgres.from")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The first time to read, in ISO-8601. Without it the table is read from its"
                  + " beginning.");

  public static final ConfigOption<String> POSTGRES_TO =
      key("source.postgres.to")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The first time not to read, in ISO-8601: a backfill, after which the job ends. Without"
                  + " it the job goes on with what is written, and never ends.");

  public static final ConfigOption<Integer> POSTGRES_SPLITS =
      key("source.postgres.splits")
          .intType()
          .defaultValue(64)
          .withDescription(
              "With source.postgres.to: into how many ranges of time the table is cut, read in their"
                  + " order, as many at once as there are readers.");

  public static final ConfigOption<Duration> POSTGRES_POLL_INTERVAL =
      key("source.postgres.poll-interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(1))
          .withDescription("Without source.postgres.to: how often to look for new messages.");

  public static final ConfigOption<Duration> POSTGRES_OVERLAP =
      key("source.postgres.overlap")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "Without source.postgres.to: how much later than its time a message may be committed."
                  + " Each look covers this much again; what is committed later is not seen. At most"
                  + " event-time.max-out-of-orderness.");

  public static final ConfigOption<Duration> POSTGRES_RETRY_TIMEOUT =
      key("source.postgres.retry-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(60))
          .withDescription(
              "How long a reader goes on trying to reach PostgreSQL before the task fails and Flink"
                  + " restarts it from the last checkpoint. A password that is refused at a reconnect"
                  + " is tried again for this time, for it may just be changing; then the job ends.");

  public static final ConfigOption<Duration> POSTGRES_CONNECT_TIMEOUT =
      key("source.postgres.connect-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription("How long to wait for a connection to the source's PostgreSQL.");

  public static final ConfigOption<Duration> POSTGRES_SOCKET_TIMEOUT =
      key("source.postgres.socket-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(60))
          .withDescription(
              "How long to wait for rows of the source before its connection is given up; without"
                  + " an index on the time, as long as sorting takes.");
  public static final ConfigOption<String> KAFKA_BOOTSTRAP_SERVERS =
      key("source.kafka.bootstrap-servers")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Where Kafka is: host:port, and more of them separated by commas. Required for"
                  + " source.type kafka.");

  public static final ConfigOption<List<String>> KAFKA_TOPICS =
      key("source.kafka.topics")
          .stringType()
          .asList()
          .noDefaultValue()
          .withDescription(
              "The topics to read, separated by ';'. Either this or source.kafka.topic-pattern is"
                  + " required for source.type kafka.");

  public static final ConfigOption<String> KAFKA_TOPIC_PATTERN =
      key("source.kafka.topic-pattern")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A regular expression: topics whose whole name matches are read, those created later"
                  + " too.");

  public static final ConfigOption<String> KAFKA_GROUP_ID =
      key("source.kafka.group-id")
          .stringType()
          .defaultValue("first-response")
          .withDescription(
              "The consumer group to which offsets are committed with each checkpoint, so that its"
                  + " lag can be watched. After a restart the checkpoint counts, not the group.");

  public static final ConfigOption<KafkaStart> KAFKA_START =
      key("source.kafka.start")
          .enumType(KafkaStart.class)
          .defaultValue(KafkaStart.EARLIEST)
          .withDescription(
              "Where a job begins that is not started from a savepoint: with the oldest record, with"
                  + " what comes next, where the group had come to, or at"
                  + " source.kafka.start-timestamp. Partitions added later are read from their first"
                  + " record.");

  public static final ConfigOption<String> KAFKA_START_TIMESTAMP =
      key("source.kafka.start-timestamp")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "With source.kafka.start timestamp: an instant in ISO-8601, such as"
                  + " 2018-08-15T00:00:00Z. It is compared with the records' own timestamps in Kafka,"
                  + " not with the messages'.");

  public static final ConfigOption<KafkaEnd> KAFKA_END =
      key("source.kafka.end")
          .enumType(KafkaEnd.class)
          .defaultValue(KafkaEnd.NEVER)
          .withDescription(
              "Where reading ends: never, or with what is there when the job first starts; one that"
                  + " goes on from its savepoint ends there too. In the latter case the input is"
                  + " bounded, and the job ends with everything final.");

  public static final ConfigOption<MissingOffset> KAFKA_ON_MISSING_OFFSET =
      key("source.kafka.on-missing-offset")
          .enumType(MissingOffset.class)
          .defaultValue(MissingOffset.FAIL)
          .withDescription(
              "What to do when the record to go on with is gone, by retention or deletion, or the"
                  + " group has no offset: fail, or go on with the oldest or the next record that"
                  + " there is, losing what was between.");

  public static final ConfigOption<KafkaFormat> KAFKA_FORMAT =
      key("source.kafka.format")
          .enumType(KafkaFormat.class)
          .defaultValue(KafkaFormat.JSON)
          .withDescription(
              "How messages are written in the topics: as JSON objects, or as Debezium's change"
                  + " events of a table of messages, of which inserts and snapshot reads count.");

  public static final ConfigOption<Duration> KAFKA_DISCOVERY_INTERVAL =
      key("source.kafka.discovery-interval")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription("How often to look for partitions and topics that were added.");

  public static final ConfigOption<Duration> KAFKA_CHECK_TIMEOUT =
      key("source.kafka.check-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(15))
          .withDescription(
              "How long to wait for Kafka's answers when the job is submitted; without one it is not"
                  + " started.");

  public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES =
      key("source.kafka.properties")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "Any property of Kafka's consumer by its own name, for example"
                  + " source.kafka.properties.security.protocol. Secrets are never written out, but"
                  + " read where they are used: ${file:/path/of/a/file.properties:key},"
                  + " ${directory:/path:file} or ${env:VARIABLE}.");

  public static final ConfigOption<String> FIELD_A =
      key("messages.field.a")
          .stringType()
          .defaultValue("a")
          .withDescription(
              "The field that holds the agent id, a 64-bit integer other than -1. Of a customer's"
                  + " message it may be missing or null in any-agent mode: it was written to nobody"
                  + " in particular.");

  public static final ConfigOption<String> FIELD_B =
      key("messages.field.b")
          .stringType()
          .defaultValue("b")
          .withDescription("The field that holds the customer id, a 64-bit integer.");

  public static final ConfigOption<String> FIELD_TS =
      key("messages.field.ts")
          .stringType()
          .defaultValue("ts")
          .withDescription(
              "The field that holds the time when the message was sent: ISO-8601 with or without an"
                  + " offset (then messages.time-zone), PostgreSQL's text form, or an epoch number, which may be text and have a fraction.");

  public static final ConfigOption<String> FIELD_DIRECT =
      key("messages.field.direct")
          .stringType()
          .defaultValue("direct")
          .withDescription(
              "The field that holds the direction: true from agent to customer, false from customer"
                  + " to agent. In CSV also t, f, 1, 0.");

  public static final ConfigOption<String> FIELD_AUTOMATED =
      key("messages.field.automated")
          .stringType()
          .defaultValue("automated")
          .withDescription("The optional field that marks messages of bots and auto-replies.");

  public static final ConfigOption<EpochUnit> EPOCH_UNIT =
      key("messages.epoch-unit")
          .enumType(EpochUnit.class)
          .defaultValue(EpochUnit.MILLISECONDS)
          .withDescription("What a timestamp counts that is given as a number since 1970.");

  public static final ConfigOption<Integer> MAX_MESSAGE_BYTES =
      key("messages.max-bytes")
          .intType()
          .defaultValue(1024 * 1024)
          .withDescription("A longer record is a dead letter; memory stays bounded by this.");

  public static final ConfigOption<AutomatedPolicy> AUTOMATED =
      key("messages.automated")
          .enumType(AutomatedPolicy.class)
          .defaultValue(AutomatedPolicy.IGNORE)
          .withDescription(
              "What messages of bots and auto-replies do: nothing (they neither open nor answer a"
                  + " session), or what anybody's message does.");

  public static final ConfigOption<List<String>> BOT_AGENTS =
      key("messages.bot-agents")
          .stringType()
          .asList()
          .defaultValues()
          .withDescription(
              "Ids of agents that are bots, separated by ';': what they send is automated, for feeds"
                  + " without such a field.");

  public static final ConfigOption<String> MESSAGES_FROM =
      key("messages.from")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Ignore messages sent before this time, in ISO-8601, wherever they come from.");

  public static final ConfigOption<String> MESSAGES_TO =
      key("messages.to")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Ignore messages sent at this time or later, in ISO-8601, wherever they come from.");

  public static final ConfigOption<Duration> MAX_OUT_OF_ORDERNESS =
      key("event-time.max-out-of-orderness")
          .durationType()
          .defaultValue(Duration.ofSeconds(60))
          .withDescription(
              "How much later than a message stamped after it a message may arrive and still take"
                  + " part. Results wait this long; later messages go to tbl_late. Without effect in"
                  + " batch mode, where everything waits for the end.");

  public static final ConfigOption<Duration> IDLE_TIMEOUT =
      key("event-time.idle-timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "After this long without a record a source split no longer holds results back;"
                  + " 0: it always does. A reader without a split never does for longer than a"
                  + " minute. Without effect on files: they are finite, and a reader that waits for"
                  + " one follows the others.");

  public static final ConfigOption<Duration> MAX_DRIFT =
      key("event-time.max-drift")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "How far, in event time, one partition may be read ahead of the slowest, so that its"
                  + " messages do not fill the memory while they wait; 0: any far. For unbounded"
                  + " Kafka input; other sources read their splits evenly or one by one.");

  public static final ConfigOption<Duration> MAX_FUTURE_SKEW =
      key("event-time.max-future-skew")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "How far ahead of the machine's clock a message may be stamped. One further ahead is a"
                  + " dead letter and moves no watermark.");

  public static final ConfigOption<String> JDBC_URL =
      key("sink.jdbc.url")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Where the results go: jdbc:postgresql://host:port/database. Never with a password in"
                  + " it. Required.");

  public static final ConfigOption<String> JDBC_USER =
      key("sink.jdbc.user")
          .stringType()
          .noDefaultValue()
          .withDescription("The database user who writes the results. Required.");

  public static final ConfigOption<String> JDBC_PASSWORD_FILE =
      key("sink.jdbc.password-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A file whose first line is the password, read by each task when it connects. Without"
                  + " it the environment variable FIRST_RESPONSE_JDBC_PASSWORD is read there, and"
                  + " without that no password is sent.");

  public static final ConfigOption<String> JDBC_SCHEMA =
      key("sink.jdbc.schema")
          .stringType()
          .defaultValue("public")
          .withDescription("The schema that holds the tables.");

  public static final ConfigOption<Boolean> JDBC_CREATE_TABLES =
      key("sink.jdbc.create-tables")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Create the tables that are missing when the job is submitted. Otherwise the job only"
                  + " checks that they are there.");

  public static final ConfigOption<Boolean> START_OVER =
      key("sink.start-over")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "When the job is submitted without state: first delete all rows of its tables"
                  + " (tbl_result, tbl_late, tbl_correction, tbl_dead_letter), and print how many"
                  + " there were of each. A job that writes them now is ended by it, if"
                  + " sink.take-over is true as well. Cannot be meant together with a savepoint.");

  public static final ConfigOption<Boolean> TAKE_OVER =
      key("sink.take-over")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Let a job that is submitted without state write tables that have rows of another run,"
                  + " or that another job writes now: that one is ended. The rows stay for readers"
                  + " until this run has computed their time anew; then those that differ are"
                  + " corrected, and those that it does not produce are deleted. All rows that were"
                  + " found are kept in memory until then: for large tables, sink.start-over. A job"
                  + " that goes on from a checkpoint or savepoint takes over without it.");

  public static final ConfigOption<Integer> JDBC_BATCH_ROWS =
      key("sink.jdbc.batch-rows")
          .intType()
          .defaultValue(50_000)
          .withDescription(
              "How many rows a writer sends to PostgreSQL at once, at most; fewer where that would"
                  + " take longer than 5 s, or an eighth of sink.jdbc.socket-timeout. A session"
                  + " that is answered before its opening was sent is written once.");

  public static final ConfigOption<Duration> JDBC_FLUSH_INTERVAL =
      key("sink.jdbc.flush-interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(1))
          .withDescription(
              "How long a row waits for a batch to fill, at most. It waits as long as the last"
                  + " batch took, and 10 ms at least.");

  public static final ConfigOption<Bulk> JDBC_BULK =
      key("sink.jdbc.bulk")
          .enumType(Bulk.class)
          .defaultValue(Bulk.AUTO)
          .withDescription(
              "Whether a batch may fill an empty tbl_result without its keys and indexes, which are"
                  + " made after the rows. It is done where the user owns the table, and it has no"
                  + " triggers, partitions or foreign keys that refer to it. Readers have no index"
                  + " meanwhile, and wait for a moment at the beginning and at the end.");

  public static final ConfigOption<Duration> JDBC_HOLD_OPENINGS =
      key("sink.jdbc.hold-openings")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription(
              "How long a new open session waits for its answer before it is written, while the job"
                  + " catches up: most are written once then, and not twice. Checkpoints do not wait,"
                  + " and complete_through does not pass a session that waits. 0 s writes at once."
                  + " A job that keeps up with the clock always does.");

  public static final ConfigOption<Duration> JDBC_RETRY_TIMEOUT =
      key("sink.jdbc.retry-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(60))
          .withDescription(
              "How long a writer goes on trying to reach PostgreSQL before the task fails and Flink"
                  + " restarts it from the last checkpoint. A password that is refused at a reconnect"
                  + " is tried again for this time, for it may just be changing; then the job ends.");

  public static final ConfigOption<Duration> JDBC_CONNECT_TIMEOUT =
      key("sink.jdbc.connect-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription("How long to wait for a connection to PostgreSQL.");

  public static final ConfigOption<Duration> JDBC_SOCKET_TIMEOUT =
      key("sink.jdbc.socket-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(60))
          .withDescription(
              "How long to wait for an answer to a statement; then the connection is given up.");

  private JobOptions() {}

  private static String spelled(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
