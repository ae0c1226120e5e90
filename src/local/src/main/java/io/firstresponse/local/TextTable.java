package io.firstresponse.local;

import java.io.PrintStream;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Prints tables as text: the first column aligned to the left, the others to the right. */
final class TextTable {

  private TextTable() {}

  /** The column names, and then the rows of a result. */
  static List<String[]> of(ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    List<String[]> table = new ArrayList<>();
    String[] head = new String[columns.getColumnCount()];
    for (int i = 0; i < head.length; i++) {
      head[i] = columns.getColumnLabel(i + 1);
    }
    table.add(head);
    while (rows.next()) {
      String[] row = new String[head.length];
      for (int i = 0; i < row.length; i++) {
        row[i] = Objects.requireNonNullElse(rows.getString(i + 1), "");
      }
      table.add(row);
    }
    return table;
  }

  static void print(PrintStream out, List<String[]> table) {
    for (String[] row : table) {
      StringBuilder line = new StringBuilder("  ");
      for (int column = 0; column < row.length; column++) {
        int at = column;
        int width = table.stream().mapToInt(cells -> cells[at].length()).max().orElse(0);
        line.append(column == 0 ? "%-" : "%").append("%ds  ".formatted(width));
      }
      out.printf(line.append("%n").toString(), (Object[]) row);
    }
  }
}
