package io.firstresponse.local.inspect;

/** Lays out text: names at the left, and texts beside them, on lines of limited length. */
final class Screen {

  private static final int WIDTH = 100;

  /** The width of the names at the left. */
  private static final int INDENT = 11;

  /** The width of the texts beside them. */
  static final int TEXT = WIDTH - INDENT;

  private final StringBuilder out = new StringBuilder();
  private String name = "";

  /** Sets the name of the next text. */
  void name(String next) {
    name = next;
  }

  /** Adds a text, wrapped between its words. */
  void text(String text) {
    String rest = printable(text);
    while (rest.length() > TEXT) {
      int blank = rest.lastIndexOf(' ', TEXT);
      if (blank <= rest.length() - rest.stripLeading().length()) {
        break;
      }
      beside(rest.substring(0, blank));
      rest = "  " + rest.substring(blank + 1);
    }
    beside(rest);
  }

  /**
   * Adds a text that may have no blanks, broken anywhere.
   *
   * @param mark stands before its first line
   * @param most how many lines it may have; what does not fit is cut
   */
  void chunks(String mark, String text, int most) {
    int width = TEXT - mark.length();
    String shown = cut(text, most * width);
    String left = mark;
    for (int from = 0; from < shown.length(); from += width) {
      beside(left + shown.substring(from, Math.min(shown.length(), from + width)));
      left = " ".repeat(mark.length());
    }
  }

  /** Adds a line with the name, which is used up by it. */
  private void beside(String text) {
    line(name + " ".repeat(INDENT - name.length()) + text);
    name = "";
  }

  /** Adds a line as it is. */
  void line(String text) {
    out.append(text.stripTrailing()).append('\n');
  }

  /** A text that fits, with a mark where it was cut. */
  static String cut(String text, int width) {
    String printable = printable(text);
    return printable.length() <= width ? printable : printable.substring(0, width - 1) + "…";
  }

  /** Input may hold anything, also what a terminal takes for a command. */
  private static String printable(String text) {
    StringBuilder printable = new StringBuilder(text);
    for (int i = 0; i < printable.length(); i++) {
      if (Character.isISOControl(printable.charAt(i))) {
        printable.setCharAt(i, ' ');
      }
    }
    return printable.toString();
  }

  /** All lines. */
  @Override
  public String toString() {
    return out.toString();
  }
}
