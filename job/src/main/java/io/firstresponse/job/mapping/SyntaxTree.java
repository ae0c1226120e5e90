package io.firstresponse.job.mapping;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;
import net.thisptr.jackson.jq.Expression;

/**
 * The parts of a parsed program. The library gives no access to them, so they are read by
 * reflection.
 */
final class SyntaxTree {

  private static final String TREE = Expression.class.getPackageName() + ".internal.tree";

  private SyntaxTree() {}

  /** Whether an object is a part of a program, and not a value in it. */
  static boolean isPart(@Nullable Object object) {
    return object != null && object.getClass().getName().startsWith(TREE);
  }

  /** A part of a part by the name of its field, or null if it has no such field. */
  @Nullable static Object part(@Nullable Object node, String name) {
    if (node == null) {
      return null;
    }
    for (Field field : fields(node.getClass())) {
      if (field.getName().equals(name)) {
        return value(field, node);
      }
    }
    return null;
  }

  /** All parts of a part. Those that are missing are null. */
  static List<Object> parts(Object node) {
    List<Object> parts = new ArrayList<>();
    for (Field field : fields(node.getClass())) {
      parts.add(value(field, node));
    }
    return parts;
  }

  private static List<Field> fields(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
      for (Field field : each.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && each.getName().startsWith(TREE)) {
          fields.add(field);
        }
      }
    }
    return fields;
  }

  @Nullable private static Object value(Field field, Object node) {
    try {
      field.setAccessible(true);
      return field.get(node);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field + " cannot be read", e);
    }
  }
}
