package io.firstresponse.job.decode;

import io.firstresponse.job.mapping.Mapping;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.EventTimeOptions;
import java.io.Serializable;
import java.time.InstantSource;
import javax.annotation.Nullable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How the records of a feed become messages: by the names of their fields, or by a mapping. Makes
 * the decoders of a task; they are not to be shared between threads.
 *
 * @param mapping null if fields are read by their names
 * @param observer sees every record; null for none
 */
public record Decoding(
    MessageFields fields,
    FutureGuard futureGuard,
    @Nullable Mapping mapping,
    @Nullable DecodeObserver observer)
    implements Serializable {

  /** Without an observer. */
  public Decoding(MessageFields fields, FutureGuard futureGuard, @Nullable Mapping mapping) {
    this(fields, futureGuard, mapping, null);
  }

  /**
   * Reads the options {@code messages.*}.
   *
   * @param clock the clock of the future guard; it has to be serializable
   * @throws BadOptionException when the mapping cannot be used
   * @throws IllegalArgumentException when another option has an unusable value
   */
  public static Decoding from(ReadableConfig options, InstantSource clock) {
    return new Decoding(
        MessageFields.from(options),
        new FutureGuard(options.get(EventTimeOptions.MAX_FUTURE_SKEW), clock),
        Mapping.from(options).orElse(null));
  }

  /** The same, with an observer of every record; null for none. */
  public Decoding observedBy(@Nullable DecodeObserver by) {
    return new Decoding(fields, futureGuard, mapping, by);
  }

  /** A decoder of records that are JSON. */
  public RecordDecoder json() {
    return observed(
        mapping == null
            ? new JsonDecoder(fields, futureGuard)
            : new MappingDecoder(fields, futureGuard, mapping.program()));
  }

  /**
   * A decoder of Debezium's change events.
   *
   * @param formatOption the key of the option that chooses it, for error messages
   */
  public RecordDecoder debezium(String formatOption) {
    return observed(
        mapping == null
            ? new DebeziumDecoder(fields, futureGuard, formatOption)
            : new DebeziumDecoder(fields, futureGuard, mapping.program(), formatOption));
  }

  /**
   * A decoder of one CSV file.
   *
   * @param delimiter an ASCII character other than the quote and the line ends
   */
  public CsvRecordDecoder csv(byte delimiter) {
    return observed(
        mapping == null
            ? new CsvDecoder(fields, futureGuard, delimiter)
            : new CsvMappingDecoder(fields, futureGuard, mapping.program(), delimiter));
  }

  private <T extends RecordDecoder> T observed(T decoder) {
    if (observer != null) {
      decoder.observe(observer);
    }
    return decoder;
  }
}
