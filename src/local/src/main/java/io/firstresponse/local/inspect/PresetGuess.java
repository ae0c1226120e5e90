package io.firstresponse.local.inspect;

import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.decode.RecordDecoder;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.mapping.Presets;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.local.inspect.Findings.Finding;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;

/**
 * Finds the preset that makes messages of JSON records that are none by themselves, by trying each.
 * Presets that need an argument, such as the list of agents, are not tried.
 */
final class PresetGuess {

  private PresetGuess() {}

  /**
   * The preset that makes messages of the most records, if there is one.
   *
   * @param records records without fields of a message
   * @param options of the job, without a mapping
   */
  static Optional<Finding> of(List<DeadLetter> records, Configuration options) {
    int most = 0;
    String best = "";
    for (String preset : records.isEmpty() ? List.<String>of() : Presets.names()) {
      int usable = usable(preset, records, options);
      if (usable > most) {
        most = usable;
        best = preset;
      }
    }
    return most == 0 ? Optional.empty() : Optional.of(finding(best, most, records.size()));
  }

  private static int usable(String preset, List<DeadLetter> records, Configuration options) {
    Configuration trial = new Configuration(options);
    trial.set(MappingOptions.JQ, preset);
    Presets.options(preset).forEach(trial::setString);
    try {
      RecordDecoder decoder = Decoding.from(trial, InstantSource.system()).json();
      return (int) records.stream().filter(record -> isUsable(decoder, record)).count();
    } catch (BadOptionException e) {
      // It needs an argument.
      return 0;
    }
  }

  private static boolean isUsable(RecordDecoder decoder, DeadLetter record) {
    Received received = decoder.decode("", 0, record.raw(), 0, record.raw().length);
    return received instanceof Mapped mapped
        ? mapped.outputs() > 0
        : !(received instanceof DeadLetter letter) || letter.reason() == Reason.FUTURE;
  }

  private static Finding finding(String preset, int usable, int tried) {
    List<String> options = new ArrayList<>(List.of("--" + MappingOptions.JQ.key(), preset));
    for (Map.Entry<String, String> option : Presets.options(preset).entrySet()) {
      options.addAll(List.of("--" + option.getKey(), option.getValue()));
    }
    return new Finding(
        "These look like records of %s: the preset of this name makes something of %,d of the first %,d."
            .formatted(preset, usable, tried),
        options);
  }
}
