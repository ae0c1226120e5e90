package io.firstresponse.job.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.firstresponse.job.options.BadOptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappingTest {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;

  @Test
  void theProgramItselfIsGiven() throws Exception {
    assertThat(outputs(mapping(".[] | {b: .x}"), "[{\"x\": 1}, {\"x\": 2}]"))
        .containsExactly("{\"b\":1}", "{\"b\":2}");
  }

  @Test
  void aFileIsRead() throws Exception {
    Path file = Files.writeString(folder.resolve("feed"), "# mine\n.a # the agent\n");
    assertThat(outputs(mapping(file.toString()), "{\"a\": 9223372036854775807}"))
        .containsExactly("9223372036854775807");
  }

  @Test
  void aPresetIsFoundByItsNameAndTravelsWithItsVariables() throws Exception {
    Path agents = Files.writeString(folder.resolve("agents.json"), " [7, 8]\n");
    Mapping mapping =
        Mapping.from(
                new Configuration()
                    .set(MappingOptions.JQ, "sample-preset")
                    .set(MappingOptions.JSON_FILE, Map.of("agents", agents.toString())))
            .orElseThrow();
    Mapping there = InstantiationUtil.clone(mapping);
    assertThat(outputs(there, "{\"chat\": 1, \"at\": 2, \"by\": 8}"))
        .containsExactly("{\"b\":1,\"ts\":2,\"direct\":true,\"a\":8}");
    assertThat(outputs(there, "{\"chat\": 1, \"at\": 2, \"by\": 9}"))
        .containsExactly("{\"b\":1,\"ts\":2,\"direct\":false,\"a\":9}");
    assertThat(outputs(there, "{\"hidden\": true}")).isEmpty();
  }

  @Test
  void anArgumentIsText() throws Exception {
    Mapping mapping =
        Mapping.from(
                new Configuration()
                    .set(MappingOptions.JQ, "$team, ($team | type)")
                    .set(MappingOptions.ARG, Map.of("team", "a \"b\" 1")))
            .orElseThrow();
    assertThat(outputs(mapping, "null")).containsExactly("\"a \\\"b\\\" 1\"", "\"string\"");
  }

  @Test
  void numbersOfTextKeepAllTheirDigits() throws Exception {
    assertThat(outputs(mapping("map(tonumber)[]"), "[\"9007199254740993\", \"-1\", \"1.5\", 3]"))
        .containsExactly("9007199254740993", "-1", "1.5", "3");
    assertThat(outputs(mapping(".id + 0"), "{\"id\": 9007199254740993}"))
        .containsExactly("9007199254740993");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "def f(g; $x): g | . + $x; f(.; 1)",
        "def f: if . > 3 then . else . + 1 | f end; f",
        "def f: def g: 1; g; f | f",
        "def f: 1; . as $x | f + $x",
        ". as [$a, {b: $c, $d}] | $a + $c + $d",
        "reduce .[]? as {v: $v} (0; . + $v)",
        "foreach .[]? as $x (0; . + $x; [., $x])",
        "label $out | (1, break $out)",
        ". as $team | {$team, \"x\\($team)\": @json \"\\($team)\"}",
        "try error(\"x\") catch .",
        "[.. | numbers] | @csv",
        "if .a then 1 elif .b then 2 else 3 end",
        "first(range(10)), limit(1; .), (.a // \"x\" | test(\"^x$\"; \"i\"))",
        "[paths, to_entries, with_entries(.value |= 1)]? | length",
        ".a |= 1 | .b += 2 | del(.c) | getpath([\"a\"])",
        "\"2018-08-15T10:08:20Z\" | fromdateiso8601 | todateiso8601",
      })
  void takesWhatIsJq(String program) {
    assertThat(mapping(program)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'.a | | .b'|Encountered",
        "'.a\n, {b: }'|line 2, column 7",
        "'{a: 1'|Encountered",
        "'.a | \u0001'|Lexical error at line 1",
        "'\"open'|Encountered",
        "'frob'|there is no preset 'frob'",
        "'.a | frob'|no function frob/0",
        "'slect(.a)'|no function slect/1 (name/number of arguments); did you mean select/1",
        "'select(.a; .b)'|no function select/2 (name/number of arguments); there is select/1",
        "'.a | fromdate'|no function fromdate/0",
        "'.a | strptime(\"%Y\")'|no function strptime/1",
        "'now | .'|no function now/0",
        "'[repeat(1)]'|no function repeat/1",
        "'[inputs]'|no function inputs/0",
        "'env.HOME'|no function env/0",
        "'@frob \"x\"'|no function @frob/0",
        "'def f: g; def g: 1; f'|no function g/0",
        "'def f(x): y; f(1)'|no function y/0",
        "'(def f: 1; .) as $x | 2, (3 | h)'|no function h/0",
        "'.a as $x | $y'|it needs $y",
        "'$ENV.PATH'|it needs $ENV",
        "'{$team}'|it needs $team: give messages.jq.arg.team (a text) or messages.jq.json-file.team (a JSON file)",
        "'(.a as $x | $x) | $x'|it needs $x",
        "'reduce .[] as $x (0; .) | $x'|it needs $x",
        "'def f($x): $x; f(1) + $x'|it needs $x",
        "'\"a\\($z)\"'|it needs $z",
        "'.a as {(\"b\" + $k): $v} | $v'|it needs $k",
        "'break $out'|there is no label $out",
        "'import \"m\" as m; m::f'|modules cannot be imported",
        "'include \"m\"; .'|modules cannot be imported",
        "'no/such/file.jq'|there is no file 'no/such/file.jq'",
      })
  void refusesWhatCannotWorkInOneLine(String program, String words) {
    assertThatThrownBy(() -> mapping(program))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("messages.jq: ")
        .hasMessageContaining(words)
        .hasMessageEndingWith(".")
        .extracting(failure -> failure.getMessage().lines().count())
        .isEqualTo(1L);
  }

  @Test
  void whatAPresetNeedsIsNamed() {
    assertThatThrownBy(() -> mapping("sample-preset"))
        .hasMessage(
            "messages.jq: preset sample-preset: it needs $agents: give messages.jq.arg.agents (a"
                + " text) or messages.jq.json-file.agents (a JSON file).");
  }

  @Test
  void filesThatCannotBeUsedAreNamed() throws Exception {
    Path large = folder.resolve("large.json");
    Files.writeString(large, "[" + " ".repeat(1024 * 1024) + "]");
    Path bad = Files.writeString(folder.resolve("bad.json"), "[1,\n");
    Path two = Files.writeString(folder.resolve("two.json"), "1 2");
    Path empty = Files.writeString(folder.resolve("empty.json"), " ");
    refusesFile(large, "large.json has 1,048,578 bytes, and 1,048,576 is the limit");
    refusesFile(bad, "bad.json is not one JSON value: ");
    refusesFile(two, "two.json is not one JSON value: ");
    refusesFile(empty, "empty.json holds no JSON value");
    refusesFile(folder, "is a folder");
    refusesFile(folder.resolve("none"), "there is no file");
    Path binary = Files.write(folder.resolve("binary.jq"), new byte[] {(byte) 0xFF});
    assertThatThrownBy(() -> mapping(binary.toString())).hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> mapping(folder.toString())).hasMessageContaining("is a folder");
  }

  private static void refusesFile(Path file, String words) {
    Configuration options =
        new Configuration()
            .set(MappingOptions.JQ, ".")
            .set(MappingOptions.JSON_FILE, Map.of("x", file.toString()));
    assertThatThrownBy(() -> Mapping.from(options))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("messages.jq.json-file.x: ")
        .hasMessageContaining(words);
  }

  private static Mapping mapping(String program) {
    return Mapping.from(new Configuration().set(MappingOptions.JQ, program)).orElseThrow();
  }

  private static List<String> outputs(Mapping mapping, String record) throws Exception {
    List<String> outputs = new ArrayList<>();
    JsonNode input = JSON.readTree(record);
    mapping.program().run(input, output -> outputs.add(output.toString()));
    return outputs;
  }
}
