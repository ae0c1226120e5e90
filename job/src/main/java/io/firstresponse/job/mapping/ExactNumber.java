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
 * The function {@code tonumber}, which keeps all digits of a 64-bit integer. The library's own
 * converts to a double, so that different ids above 2^53 become equal.
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
        // More than 64 bits: the library's own function.
      }
    }
    other.apply(scope, arguments, in, path, output, version);
  }
}
