package io.firstresponse.job.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.mapping.Mapping;
import io.firstresponse.job.mapping.MappingOptions;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

/** What an observer sees of the records of each decoder: each record once, and no dead letter. */
class DecodeObserverTest {

  private static final String RECORD =
      "{\"a\":1,\"b\":2,\"ts\":\"2018-10-28T02:30:00\",\"direct\":true}";

  private static final class Seen implements DecodeObserver {

    private static final long serialVersionUID = 1;

    private final transient List<Received> received = new ArrayList<>();
    private final transient List<String> records = new ArrayList<>();
    private final transient List<ProgramOutput> outputs = new ArrayList<>();
    private final transient List<Boolean> doubtful = new ArrayList<>();

    @Override
    public void decoded(Received one, Supplier<String> record, List<ProgramOutput> of) {
      received.add(one);
      records.add(record.get());
      outputs.addAll(of);
    }

    @Override
    public void doubtfulLocalTime(boolean twice) {
      doubtful.add(twice);
    }
  }

  private final Seen seen = new Seen();

  private Decoding decoding(String program) {
    Configuration options = new Configuration().set(MessageOptions.TIME_ZONE, "Europe/Berlin");
    if (program != null) {
      options.set(MappingOptions.JQ, program);
    }
    return Decoding.from(options, InstantSource.system()).observedBy(seen);
  }

  @Test
  void aMessageIsSeenWithTheTextOfItsRecord() {
    RecordDecoder json = decoding(null).json();
    Received message = Decoders.decode(json, RECORD);
    Decoders.decode(json, "{}");
    assertThat(seen.received).containsExactly(message);
    assertThat(seen.records).containsExactly(RECORD);
    assertThat(seen.outputs).isEmpty();
    assertThat(seen.doubtful).containsExactly(true);
  }

  @Test
  void aRowOfCsvIsSeen() {
    CsvRecordDecoder csv = decoding(null).csv((byte) ';');
    byte[] header = "a;b;ts;direct".getBytes(StandardCharsets.UTF_8);
    assertThat(csv.readHeader(Decoders.ORIGIN, 0, header, 0, header.length)).isEmpty();
    Decoders.decode(csv, "1;2;2018-03-25 02:30:00;f");
    assertThat(seen.records).containsExactly("1;2;2018-03-25 02:30:00;f");
    assertThat(seen.doubtful).containsExactly(false);
  }

  @Test
  void aMappingIsSeenWithItsInputAndOutputs() {
    RecordDecoder json =
        decoding(
                "select(.n != 0) | {b: 1, ts: 1, direct: false, labels: {n, x: null}},"
                    + " {b: 1, ts: 2, closes: true}, {b: 1, ts: 3, handover: true}")
            .json();
    Received mapped = Decoders.decode(json, " {\"n\" : 5} ");
    assertThat(mapped).isInstanceOf(Mapped.class);
    Received skipped = Decoders.decode(json, "{\"n\":0}");
    Decoders.decode(json, "no JSON");
    assertThat(seen.received).containsExactly(mapped, skipped);
    assertThat(seen.records).containsExactly("{\"n\":5}", "{\"n\":0}");
    assertThat(seen.outputs)
        .extracting(ProgramOutput::isHandover)
        .containsExactly(false, false, true);
    assertThat(seen.outputs.get(1)).hasToString("{\"b\":1,\"ts\":2,\"closes\":true}");
  }

  @Test
  void aMappedMessageIsSeenOnce() {
    Decoders.decode(decoding(".").json(), RECORD);
    CsvRecordDecoder csv = decoding("{b: 1, ts: .at, direct: false}").csv((byte) ',');
    byte[] header = "at".getBytes(StandardCharsets.UTF_8);
    assertThat(csv.readHeader(Decoders.ORIGIN, 0, header, 0, header.length)).isEmpty();
    Decoders.decode(csv, "2018-10-28T02:59:59");
    assertThat(seen.received).hasSize(2).allMatch(one -> one instanceof Message);
    assertThat(seen.records.get(1)).isEqualTo("{\"at\":\"2018-10-28T02:59:59\"}");
    assertThat(seen.doubtful).containsExactly(true, true);
  }

  @Test
  void aChangeEventIsSeenOnce() {
    String event = "{\"op\":\"c\",\"after\":" + RECORD + "}";
    Decoders.decode(decoding(null).debezium("format"), event);
    assertThat(seen.records).containsExactly(event);
    Decoders.decode(decoding(".").debezium("format"), event);
    assertThat(seen.received).hasSize(2);
    assertThat(seen.records.get(1)).isEqualTo(RECORD);
    assertThat(seen.doubtful).containsExactly(true, true);
  }

  @Test
  void withoutAnObserverNothingIsDifferent() {
    Configuration options = new Configuration().set(MappingOptions.JQ, ".");
    assertThat(Mapping.from(options)).isPresent();
    assertThat(Decoders.decode(Decoding.from(options, InstantSource.system()).json(), RECORD))
        .isEqualTo(new Message(1, 2, 1_540_693_800_000_000L, true));
  }
}
