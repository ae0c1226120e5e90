package io.firstresponse.local.inspect;

import io.firstresponse.job.JobOptions;
import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.decode.RecordDecoder;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.mapping.Presets;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.SourceOptions.SourceType;
import io.firstresponse.job.source.files.FileOptions;
import io.firstresponse.local.inspect.Findings.Finding;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
   * @param mode who may answer
   */
  static Optional<Finding> of(List<DeadLetter> records, ResponseMode mode) {
    Fit best = Fit.NONE;
    String fitting = "";
    for (String preset : records.isEmpty() ? List.<String>of() : Presets.names()) {
      Fit fit = fit(preset, records, mode);
      if (fit.isBetterThan(best)) {
        best = fit;
        fitting = preset;
      }
    }
    return best.usable() == 0
        ? Optional.empty()
        : Optional.of(finding(fitting, best.usable(), records.size()));
  }

  /**
   * How well a preset fits. Some presets make a customer's message of nearly any record with an id
   * and a time, so what counts first is that there are messages of both directions.
   *
   * @param usable the records that it makes something of
   * @param both whether there are messages of both directions
   */
  private record Fit(int usable, boolean both) {

    private static final Fit NONE = new Fit(0, false);

    boolean isBetterThan(Fit other) {
      return both == other.both ? usable > other.usable : both;
    }
  }

  private static Fit fit(String preset, List<DeadLetter> records, ResponseMode mode) {
    List<String> args = new ArrayList<>(options(preset));
    args.addAll(List.of("--" + ResultOptions.RESPONSE_MODE.key(), mode.code()));
    args.addAll(List.of("--" + SourceOptions.TYPE.key(), SourceType.FILES.toString()));
    args.addAll(List.of("--" + FileOptions.PATH.key(), "none"));
    try {
      Configuration trial = JobOptions.parseWithoutTables(args.toArray(String[]::new));
      RecordDecoder decoder = Decoding.from(trial, InstantSource.system()).json();
      int usable = 0;
      Set<Boolean> directions = new HashSet<>();
      for (DeadLetter record : records) {
        Received received = decoder.decode("", 0, record.raw(), 0, record.raw().length);
        usable += isUsable(received) ? 1 : 0;
        received.messages().stream()
            .filter(message -> !message.closes())
            .forEach(message -> directions.add(message.direct()));
      }
      return new Fit(usable, directions.size() == 2);
    } catch (BadOptionException e) {
      // It needs an argument.
      return Fit.NONE;
    }
  }

  private static boolean isUsable(Received received) {
    return received instanceof Mapped mapped
        ? mapped.outputs() > 0
        : !(received instanceof DeadLetter letter) || letter.reason() == Reason.FUTURE;
  }

  private static Finding finding(String preset, int usable, int tried) {
    return new Finding(
        "These look like records of %s: the preset of this name makes something of %,d of the first %,d."
            .formatted(preset, usable, tried),
        options(preset));
  }

  /** The option that names a preset, and those that it needs. */
  private static List<String> options(String preset) {
    List<String> options = new ArrayList<>(List.of("--" + MappingOptions.JQ.key(), preset));
    Presets.options(preset).forEach((key, value) -> options.addAll(List.of("--" + key, value)));
    return options;
  }
}
