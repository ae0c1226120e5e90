package io.firstresponse.job.source.files;

import java.util.Comparator;

/**
 * The natural order of names: runs of digits are compared as numbers, so that {@code part-9} comes
 * before {@code part-10}; everything else is compared by characters.
 */
enum NaturalOrder implements Comparator<String> {
  INSTANCE;

  @Override
  public int compare(String left, String right) {
    int l = 0;
    int r = 0;
    while (l < left.length() && r < right.length()) {
      if (isDigit(left.charAt(l)) && isDigit(right.charAt(r))) {
        int leftFrom = skipZeros(left, l);
        int rightFrom = skipZeros(right, r);
        l = skipDigits(left, leftFrom);
        r = skipDigits(right, rightFrom);
        int longer = Integer.compare(l - leftFrom, r - rightFrom);
        int greater =
            longer != 0
                ? longer
                : left.substring(leftFrom, l).compareTo(right.substring(rightFrom, r));
        if (greater != 0) {
          return greater;
        }
      } else {
        int greater = Character.compare(left.charAt(l++), right.charAt(r++));
        if (greater != 0) {
          return greater;
        }
      }
    }
    int rest = Integer.compare(left.length() - l, right.length() - r);
    // Only leading zeros differ, as in 7 and 007.
    return rest != 0 ? rest : left.compareTo(right);
  }

  private static int skipZeros(String s, int from) {
    int i = from;
    while (i < s.length() && s.charAt(i) == '0') {
      i++;
    }
    return i;
  }

  private static int skipDigits(String s, int from) {
    int i = from;
    while (i < s.length() && isDigit(s.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
