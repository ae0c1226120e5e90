package io.firstresponse.job.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.util.List;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.PathOutput;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Version;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.functions.ToNumberFunction;
import net.thisptr.jackson.jq.path.Path;

/**
 * {@code tonumber}, which keeps all digits of a 64-bit integer. The library's goes through a
 * double, and two ids beyond 2^53 would become one.
 */
final class ExactNumber implements Function {

  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,19}");

  private final Function other = new ToNumberFunction();

  @Override
  public void apply(
      Scope scope,
      List<Expression> arguments,
      JsonNode in,
      Path path,
      PathOutput output,
      Version version)
      throws JsonQueryException {
    if (in.isTextual() && INTEGER.matcher(in.asText()).matches()) {
      try {
        output.emit(LongNode.valueOf(Long.parseLong(in.asText())), null);
        return;
      } catch (NumberFormatException e) {
        // Beyond 64 bits: as the library has it.
      }
    }
    other.apply(scope, arguments, in, path, output, version);
  }
}
