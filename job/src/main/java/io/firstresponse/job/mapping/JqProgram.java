package io.firstresponse.job.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Version;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.javacc.ExpressionParser;
import net.thisptr.jackson.jq.internal.tree.SemicolonOperator;

/** A compiled jq program. The same record gives the same outputs, always and everywhere. */
public final class JqProgram {

  private static final Version JQ = Versions.JQ_1_7;

  /** Functions whose result differs between calls, and functions for debugging jq itself. */
  private static final Set<String> WITHHELD = Set.of("now/0", "debug_scope/0");

  private final Expression expression;
  private final Scope scope = Scope.newEmptyScope();

  /**
   * Compiles a program and looks for names that do not exist. The library itself reports them only
   * when a record reaches them.
   *
   * @param variables their values by their names, without the dollar
   */
  JqProgram(String text, Map<String, JsonNode> variables) throws BadProgramException {
    Map<String, Function> functions = BuiltinFunctionLoader.getInstance().listFunctions(JQ, scope);
    functions.put("tonumber/0", new ExactNumber());
    functions.keySet().removeAll(WITHHELD);
    functions.forEach(scope::addFunction);
    variables.forEach(scope::setValue);
    Expression program = parse(text);
    new ProgramNames(functions.keySet(), variables.keySet()).check(program);
    expression = define(program);
  }

  /**
   * Defines the functions at the top of the program, and returns the rest. The library would define
   * them again for each record.
   */
  private Expression define(Expression program) throws BadProgramException {
    if (!(SyntaxTree.part(program, "expr") instanceof SemicolonOperator all)) {
      return program;
    }
    List<?> parts = (List<?>) SyntaxTree.part(all, "qs");
    int last = parts.size() - 1;
    try {
      for (Object definition : parts.subList(0, last)) {
        ((Expression) definition).apply(scope, NullNode.getInstance(), nothing -> {});
      }
    } catch (JsonQueryException e) {
      throw new BadProgramException(e.getOriginalMessage().toString());
    }
    return (Expression) parts.get(last);
  }

  /**
   * Gives the outputs for a record one after the other.
   *
   * @throws JsonQueryException that the program raises, after the outputs before it
   */
  public void run(JsonNode record, Consumer<JsonNode> outputs) throws JsonQueryException {
    expression.apply(Scope.newChildScope(scope), record, outputs::accept);
  }

  private static Expression parse(String text) throws BadProgramException {
    try {
      return ExpressionParser.compile(text, JQ);
    } catch (JsonQueryException e) {
      throw new BadProgramException(reason(e.getCause() == null ? e : e.getCause()));
    } catch (StackOverflowError e) {
      throw new BadProgramException("the program is nested too deep");
    }
  }

  /** The parser's message with the place, without the list of everything that was expected. */
  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? "the program cannot be compiled: " + failure
        : message.lines().findFirst().orElse("").replaceAll("\\s+", " ").replaceAll("\\.$", "");
  }
}
