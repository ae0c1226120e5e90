package io.firstresponse.job.mapping;

import io.firstresponse.job.options.NearestName;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.internal.misc.Pair;
import net.thisptr.jackson.jq.internal.tree.AssignPipeComponent;
import net.thisptr.jackson.jq.internal.tree.BreakExpression;
import net.thisptr.jackson.jq.internal.tree.ForeachExpression;
import net.thisptr.jackson.jq.internal.tree.FormattingFilter;
import net.thisptr.jackson.jq.internal.tree.FunctionCall;
import net.thisptr.jackson.jq.internal.tree.FunctionDefinition;
import net.thisptr.jackson.jq.internal.tree.ImportStatement;
import net.thisptr.jackson.jq.internal.tree.LabelPipeComponent;
import net.thisptr.jackson.jq.internal.tree.PipedQuery;
import net.thisptr.jackson.jq.internal.tree.ReduceExpression;
import net.thisptr.jackson.jq.internal.tree.VariableAccess;
import net.thisptr.jackson.jq.internal.tree.VariableKeyFieldConstruction;
import net.thisptr.jackson.jq.internal.tree.literal.StringLiteral;
import net.thisptr.jackson.jq.internal.tree.matcher.matchers.ObjectMatcher;
import net.thisptr.jackson.jq.internal.tree.matcher.matchers.ValueMatcher;

/**
 * Finds functions, variables and labels that a parsed program uses and that do not exist. They are
 * looked for in its {@link SyntaxTree}.
 */
final class ProgramNames {

  /** Names, each with a mark of its kind: {@code f/1}, {@code $x}, {@code label x}. */
  private static final class Scope {
    @Nullable private final Scope outer;
    private final Set<String> names = new HashSet<>();

    Scope(@Nullable Scope outer) {
      this.outer = outer;
    }

    boolean has(String name) {
      return names.contains(name) || (outer != null && outer.has(name));
    }
  }

  private final Scope builtIn = new Scope(null);
  private final Set<String> functions;
  private final Set<String> variables;

  /**
   * @param functions names and numbers of arguments, as {@code f/1}
   * @param variables names without the dollar
   */
  ProgramNames(Set<String> functions, Set<String> variables) {
    this.functions = functions;
    this.variables = variables;
    builtIn.names.addAll(functions);
    variables.forEach(variable -> builtIn.names.add("$" + variable));
  }

  /**
   * Passes or throws.
   *
   * @throws BadProgramException that names the first one that does not exist
   */
  void check(Expression program) throws BadProgramException {
    walk(program, new Scope(builtIn));
  }

  private void walk(@Nullable Object node, Scope scope) throws BadProgramException {
    if (node instanceof Collection<?> nodes) {
      for (Object each : nodes) {
        walk(each, scope);
      }
    } else if (node instanceof Pair<?, ?> pair) {
      walk(pair._1, scope);
      walk(pair._2, scope);
    } else if (node instanceof ImportStatement || SyntaxTree.part(node, "moduleName") != null) {
      throw new BadProgramException("modules cannot be imported: write it all into one program");
    } else if (node instanceof FunctionCall) {
      List<?> arguments = (List<?>) SyntaxTree.part(node, "args");
      requireFunction(SyntaxTree.part(node, "name") + "/" + arguments.size(), scope);
      walk(arguments, scope);
    } else if (node instanceof FormattingFilter) {
      requireFunction("@" + SyntaxTree.part(node, "name") + "/0", scope);
    } else if (node instanceof VariableAccess || node instanceof VariableKeyFieldConstruction) {
      requireVariable((String) SyntaxTree.part(node, "name"), scope);
    } else if (node instanceof BreakExpression) {
      if (!scope.has("label " + SyntaxTree.part(node, "name"))) {
        throw new BadProgramException(
            "there is no label $%s".formatted(SyntaxTree.part(node, "name")));
      }
    } else if (node instanceof FunctionDefinition) {
      define(node, scope);
    } else if (node instanceof PipedQuery) {
      walkPipe((List<?>) SyntaxTree.part(node, "components"), new Scope(scope), scope);
    } else if (node instanceof ReduceExpression || node instanceof ForeachExpression) {
      walk(SyntaxTree.part(node, "iterExpr"), scope);
      walk(SyntaxTree.part(node, "initExpr"), scope);
      Scope inner = new Scope(scope);
      bind(SyntaxTree.part(node, "matcher"), inner);
      walkAll(node, inner);
    } else if (SyntaxTree.isPart(node)) {
      walkAll(node, scope);
    }
  }

  private void walkAll(Object node, Scope scope) throws BadProgramException {
    for (Object part : SyntaxTree.parts(node)) {
      walk(part, scope);
    }
  }

  /** A definition is visible to everything after it in its pipe, as when the program runs. */
  private void walkPipe(List<?> components, Scope inner, Scope outer) throws BadProgramException {
    Scope scope = outer;
    for (Object component : components) {
      if (component instanceof AssignPipeComponent assign) {
        walk(assign.expr, scope);
        scope = inner;
        bind(assign.matcher, scope);
      } else if (component instanceof LabelPipeComponent label) {
        scope = inner;
        scope.names.add("label " + label.name);
      } else {
        walkAll(component, scope);
      }
    }
  }

  private void define(Object definition, Scope scope) throws BadProgramException {
    List<?> parameters = (List<?>) SyntaxTree.part(definition, "args");
    scope.names.add(SyntaxTree.part(definition, "fname") + "/" + parameters.size());
    Scope body = new Scope(scope);
    for (Object parameter : parameters) {
      String name = (String) parameter;
      body.names.add(name.startsWith("$") ? name : name + "/0");
    }
    walk(SyntaxTree.part(definition, "body"), body);
  }

  /** Adds the variables of a pattern, whose keys may be expressions. */
  private void bind(@Nullable Object pattern, Scope scope) throws BadProgramException {
    if (pattern instanceof Collection<?> patterns) {
      for (Object each : patterns) {
        bind(each, scope);
      }
    } else if (pattern instanceof ValueMatcher) {
      scope.names.add("$" + SyntaxTree.part(pattern, "name"));
    } else if (pattern instanceof ObjectMatcher.FieldMatcher field) {
      Object name = SyntaxTree.part(field, "name");
      if (Boolean.TRUE.equals(SyntaxTree.part(field, "dollar"))
          && name instanceof StringLiteral literal) {
        scope.names.add("$" + literal.value().asText());
      }
      walk(name, scope);
      bind(SyntaxTree.part(field, "matcher"), scope);
    } else if (pattern != null) {
      bind(SyntaxTree.part(pattern, "matchers"), scope);
    }
  }

  private void requireFunction(String function, Scope scope) throws BadProgramException {
    if (scope.has(function)) {
      return;
    }
    String name = function.substring(0, function.indexOf('/'));
    List<String> sameName =
        functions.stream().filter(known -> known.startsWith(name + "/")).sorted().toList();
    String hint =
        sameName.isEmpty()
            ? NearestName.of(function, publicNames()).map("; did you mean %s"::formatted).orElse("")
            : "; there is " + String.join(", ", sameName);
    throw new BadProgramException(
        "there is no function %s (name/number of arguments)%s".formatted(function, hint));
  }

  private Collection<String> publicNames() {
    return functions.stream().filter(name -> !name.startsWith("_")).toList();
  }

  private void requireVariable(String name, Scope scope) throws BadProgramException {
    if (!scope.has("$" + name)) {
      throw new BadProgramException(
          "it needs $%1$s: give %2$s.%1$s (a text) or %3$s.%1$s (a JSON file)%4$s"
              .formatted(name, MappingOptions.ARG.key(), MappingOptions.JSON_FILE.key(), given()));
    }
  }

  private String given() {
    return variables.isEmpty()
        ? ""
        : "; given are "
            + variables.stream().sorted().map("$"::concat).collect(Collectors.joining(", "));
  }
}
