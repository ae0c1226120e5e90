package io.firstresponse.job.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.mapping.Presets;
import io.firstresponse.job.options.EventTimeOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sample of a preset, in {@code conf/feeds/samples}: records, the arguments of the preset, and
 * the sessions that come out.
 *
 * @param preset the name of the preset
 * @param feeds the folder of the presets
 */
public record PresetSample(String preset, Path feeds) {

  /** The lines of {@code NAME.sessions.csv}. */
  private static final String SESSIONS =
      """
      select concat_ws(',', coalesce(c.id, r.b::text), %s,
        coalesce(q.id, nullif(r.asked_a, -1)::text, ''),
        coalesce(p.id, nullif(r.a, -1)::text, ''), coalesce(%s, ''), coalesce(%s, ''))
      from tbl_result r
      left join tbl_customer c on c.customer = r.b
      left join tbl_agent q on q.agent = r.asked_a
      left join tbl_agent p on p.agent = r.a
      """
          .formatted(time("b_ts"), time("a_ts"), time("closed_ts"));

  /** With as many decimals as it needs. */
  private static String time(String column) {
    return "regexp_replace(to_char(r.%s at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '\\.?0+$', '') || 'Z'"
        .formatted(column);
  }

  /** The file of the records. */
  public Path records() {
    return files(parts -> parts.size() == 2).get(0);
  }

  /** The files of the preset's arguments, by their names. */
  public Map<String, String> jsonFiles() {
    return files(parts -> parts.size() == 3 && parts.get(2).equals("json")).stream()
        .collect(Collectors.toMap(file -> parts(file).get(1), Path::toString));
  }

  /** The options of a job that reads such records, without those of its source. */
  public List<String> arguments() {
    Map<String, String> options = new LinkedHashMap<>(Presets.options(preset));
    options.put(MappingOptions.JQ.key(), preset);
    jsonFiles()
        .forEach((name, file) -> options.put(MappingOptions.JSON_FILE.key() + "." + name, file));
    // The samples are of 2026, whatever the clock says.
    options.put(EventTimeOptions.MAX_FUTURE_SKEW.key(), "36500 d");
    List<String> arguments = new ArrayList<>();
    options.forEach((key, value) -> arguments.addAll(List.of("--" + key, value)));
    return arguments;
  }

  /** The sessions beside the sample, in the form of {@code NAME.sessions.csv}. */
  public List<String> sessions() {
    try {
      List<String> lines = Files.readAllLines(feeds.resolve("samples/" + preset + ".sessions.csv"));
      return lines.subList(1, lines.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails unless the sessions in the tables are those beside the sample. */
  public void assertSessions(TestDatabase database) throws Exception {
    assertThat(database.strings(SESSIONS))
        .as(preset)
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(sessions());
  }

  private List<Path> files(Predicate<List<String>> which) {
    try (Stream<Path> files = Files.list(feeds.resolve("samples"))) {
      return files
          .filter(file -> parts(file).get(0).equals(preset) && which.test(parts(file)))
          .map(file -> file.toAbsolutePath().normalize())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> parts(Path file) {
    return List.of(file.getFileName().toString().split("\\.", -1));
  }
}
