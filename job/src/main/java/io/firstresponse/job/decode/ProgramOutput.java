package io.firstresponse.job.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One output of a mapping that is a message, a close or a hand-over, with the parts that the job
 * does not keep.
 */
public final class ProgramOutput {

  private final JsonNode output;

  ProgramOutput(JsonNode output) {
    this.output = output;
  }

  /** {@return whether it is the moment when a bot handed over to people, and no close} */
  public boolean isHandover() {
    return output.path("handover").asBoolean() && !output.path("closes").asBoolean();
  }

  /** {@return the values of its labels by their names; a null is no label} */
  public Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>();
    output
        .path("labels")
        .properties()
        .forEach(
            label -> {
              if (!label.getValue().isNull()) {
                labels.put(label.getKey(), label.getValue().asText());
              }
            });
    return labels;
  }

  /** {@return the output as JSON} */
  @Override
  public String toString() {
    return output.toString();
  }
}
