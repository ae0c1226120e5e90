package io.firstresponse.job.decode;

import com.fasterxml.jackson.databind.JsonNode;

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

  /** {@return the output as JSON} */
  @Override
  public String toString() {
    return output.toString();
  }
}
