package io.firstresponse.job.decode;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.InRange;
import io.firstresponse.job.options.NearestName;
import io.firstresponse.job.options.OptionSpelling;
import io.firstresponse.job.options.OptionTime;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** How a record of any source is read as a message, and which messages count. */
public final class MessageOptions {

  /** A record and its line end have to fit into an array. */
  private static final int LARGEST_MESSAGE = 1024 * 1024 * 1024;

  /** The unit of a timestamp that is a number. */
  public enum EpochUnit {
    SECONDS,
    MILLISECONDS,
    MICROSECONDS,
    NANOSECONDS;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  /** What the ids of agents and customers are. */
  public enum Ids {
    /** 64-bit integers. */
    INTEGER,
    /** Texts, whose keys the job computes with. */
    TEXT;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  /** How automated messages are treated. */
  public enum AutomatedPolicy {
    /** They neither open nor answer. */
    IGNORE,
    /** Like the messages of people. */
    COUNT;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  public static final ConfigOption<Ids> IDS =
      key("messages.ids")
          .enumType(Ids.class)
          .defaultValue(Ids.INTEGER)
          .withDescription(
              "What the ids of agents and customers are: 64-bit integers, or any text of up to 512"
                  + " bytes (a number is the text of its digits). The tables have a key for each"
                  + " text; tbl_agent and tbl_customer say which. Do not change it for tables that"
                  + " have rows.");

  public static final ConfigOption<String> FIELD_A =
      key("messages.field.a")
          .stringType()
          .defaultValue("a")
          .withDescription(
              "The field that holds the agent id, a 64-bit integer other than -1, or with messages.ids"
                  + " text any text. In any-agent mode it may be missing or null in a customer's"
                  + " message that was written to no particular agent.");

  public static final ConfigOption<String> FIELD_B =
      key("messages.field.b")
          .stringType()
          .defaultValue("b")
          .withDescription(
              "The field that holds the customer id, a 64-bit integer, or with messages.ids text any"
                  + " text.");

  public static final ConfigOption<String> FIELD_TS =
      key("messages.field.ts")
          .stringType()
          .defaultValue("ts")
          .withDescription(
              "The field that holds the time when the message was sent: ISO-8601 with or without an"
                  + " offset (then in messages.time-zone), PostgreSQL's text form, or an epoch number,"
                  + " which may be text and have a fraction.");

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

  public static final ConfigOption<String> FIELD_CLOSES =
      key("messages.field.closes")
          .stringType()
          .defaultValue("closes")
          .withDescription(
              "The optional field that is true where a record is no message but says that the"
                  + " conversation was closed: a session that is open then ends without an answer."
                  + " Such a record needs no direction, and in any-agent mode no agent.");

  public static final ConfigOption<String> FIELD_AGENT =
      key("messages.field.agent")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The optional field that holds the display name of the agent. Names are kept in"
                  + " tbl_agent, and the views show them. Without this option none is read.");

  public static final ConfigOption<String> FIELD_CUSTOMER =
      key("messages.field.customer")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The optional field that holds the display name of the customer, kept in tbl_customer."
                  + " Without this option none is read.");

  public static final ConfigOption<String> FIELD_LABELS =
      key("messages.field.labels")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The optional field that holds the labels of the message, such as channel, team and"
                  + " priority: an object of texts, numbers and booleans by their names, at most 64 of"
                  + " 1 KB together; in CSV the text of such an object, in a table a column of type"
                  + " json or jsonb. A session has the labels of the message that opened it. Without"
                  + " this option none are read.");

  public static final ConfigOption<EpochUnit> EPOCH_UNIT =
      key("messages.epoch-unit")
          .enumType(EpochUnit.class)
          .defaultValue(EpochUnit.MILLISECONDS)
          .withDescription("The unit of a timestamp that is a number since 1970.");

  public static final ConfigOption<String> TIME_ZONE =
      key("messages.time-zone")
          .stringType()
          .defaultValue("UTC")
          .withDescription(
              "The time zone of times without an offset, by its IANA name, for example"
                  + " Europe/Berlin. A local time that occurs twice means its first occurrence; one"
                  + " that clocks skip moves later by the length of the gap.");

  @InRange(min = 64, max = LARGEST_MESSAGE)
  public static final ConfigOption<Integer> MAX_BYTES =
      key("messages.max-bytes")
          .intType()
          .defaultValue(1024 * 1024)
          .withDescription("A longer record is a dead letter. This bounds the memory of a record.");

  public static final ConfigOption<AutomatedPolicy> AUTOMATED =
      key("messages.automated")
          .enumType(AutomatedPolicy.class)
          .defaultValue(AutomatedPolicy.IGNORE)
          .withDescription(
              "Whether messages of bots and auto-replies are ignored (they neither open nor answer a"
                  + " session), or count like the messages of people.");

  public static final ConfigOption<List<String>> BOT_AGENTS =
      key("messages.bot-agents")
          .stringType()
          .asList()
          .defaultValues()
          .withDescription(
              "Ids of agents that are bots, separated by ';'. Their messages are automated, also in"
                  + " feeds without such a field.");

  public static final ConfigOption<String> FROM =
      key("messages.from")
          .stringType()
          .noDefaultValue()
          .withDescription("Ignore messages sent before this time, in ISO-8601, of any source.");

  public static final ConfigOption<String> TO =
      key("messages.to")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Ignore messages sent at this time or later, in ISO-8601, of any source.");

  private MessageOptions() {}

  /**
   * Checks the time zone, the agents that are bots, the period, and that each field has a name of
   * its own, which only a feed without a mapping has.
   *
   * @throws BadOptionException when one of them is not as described
   */
  public static void check(ReadableConfig options) {
    zone(options);
    botAgents(options);
    long from = OptionTime.of(options, FROM).orElse(Long.MIN_VALUE);
    long to = OptionTime.of(options, TO).orElse(Long.MAX_VALUE);
    if (from >= to) {
      throw BadOptionException.of(FROM, "must be before %s".formatted(TO.key()));
    }
    boolean maps = options.getOptional(MappingOptions.JQ).isPresent();
    Set<String> names = new HashSet<>();
    for (ConfigOption<String> field :
        List.of(
            FIELD_A,
            FIELD_B,
            FIELD_TS,
            FIELD_DIRECT,
            FIELD_AUTOMATED,
            FIELD_CLOSES,
            FIELD_AGENT,
            FIELD_CUSTOMER,
            FIELD_LABELS)) {
      if (maps && options.getOptional(field).isPresent()) {
        throw BadOptionException.of(
            field,
            "has no meaning with %s, whose program names the fields"
                .formatted(MappingOptions.JQ.key()));
      }
      String name = options.get(field);
      if (name != null && !names.add(name)) {
        throw BadOptionException.of(field, "the field '%s' is already another's".formatted(name));
      }
    }
  }

  /**
   * The keys of the agents that are bots.
   *
   * @throws BadOptionException when one of them is no id
   */
  public static Set<Long> botAgents(ReadableConfig options) {
    boolean texts = options.get(IDS) == Ids.TEXT;
    TextIds ids = new TextIds();
    Set<Long> keys = new HashSet<>();
    for (String agent : options.get(BOT_AGENTS)) {
      if (texts) {
        String fault = TextIds.fault(agent);
        if (fault != null) {
          throw BadOptionException.of(BOT_AGENTS, "holds %s, not an id".formatted(fault));
        }
        keys.add(ids.key(agent));
      } else {
        keys.add(integer(agent));
      }
    }
    return keys;
  }

  private static long integer(String agent) {
    try {
      return Long.parseLong(agent);
    } catch (NumberFormatException e) {
      throw BadOptionException.of(
          BOT_AGENTS,
          "'%s' is not an agent id, a 64-bit integer; texts need %s text"
              .formatted(agent, IDS.key()));
    }
  }

  /**
   * Whether messages can have texts that {@code tbl_agent} and {@code tbl_customer} keep: ids, or
   * display names.
   */
  public static boolean keepsTexts(ReadableConfig options) {
    return options.get(IDS) == Ids.TEXT
        || options.getOptional(MappingOptions.JQ).isPresent()
        || options.getOptional(FIELD_AGENT).isPresent()
        || options.getOptional(FIELD_CUSTOMER).isPresent();
  }

  /** Whether records can have labels: a field of them is named, or a mapping may give some. */
  public static boolean keepsLabels(ReadableConfig options) {
    return options.getOptional(MappingOptions.JQ).isPresent()
        || options.getOptional(FIELD_LABELS).isPresent();
  }

  /** The rules of the zone {@link #TIME_ZONE}. */
  static ZoneRules zone(ReadableConfig options) {
    String name = options.get(TIME_ZONE);
    Set<String> names = ZoneId.getAvailableZoneIds();
    if (!names.contains(name)) {
      throw new BadOptionException(
          "%s: '%s' is not the IANA name of a time zone, such as Europe/Berlin.%s"
              .formatted(
                  TIME_ZONE.key(),
                  name,
                  NearestName.of(name, names).map(" Did you mean %s?"::formatted).orElse("")));
    }
    return ZoneId.of(name).getRules();
  }
}
