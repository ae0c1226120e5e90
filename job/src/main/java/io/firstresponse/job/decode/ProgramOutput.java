package io.firstresponse.job.decode;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One output of a mapping that is a message or an event, with the parts that the job does not keep.
 */
public final class ProgramOutput {

  private final JsonNode output;

  ProgramOutput(JsonNode output) {
    this.output = output;
  }

  /** {@return whether it is a close} */
  public boolean closes() {
    return output.path("closes").asBoolean();
  }

  /** {@return whether it is the moment when a bot handed over to people} */
  public boolean isHandover() {
    return output.path("handover").asBoolean();
  }

  /** {@return the output as JSON} */
  @Override
  public String toString() {
    return output.toString();
  }
}
