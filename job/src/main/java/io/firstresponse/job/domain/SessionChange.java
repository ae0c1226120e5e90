package io.firstresponse.job.domain;

/**
 * What there is to tell of a session. Changes of a key that belong together come one after the
 * other, and only the last one {@code completes} them.
 *
 * @param session as it is now; of one that is {@link Kind#GONE}, as it was
 * @param kind what happened to it
 * @param isFinal whether the watermark has passed every message that made it what it is
 * @param completes whether the key's rows are right once this change and those before it are made
 */
public record SessionChange(Session session, Kind kind, boolean isFinal, boolean completes) {

  /** What happened to a session. */
  public enum Kind {
    /** It is told of for the first time, as far as can be known after a recovery. */
    NEW('n'),
    /** It was told of before, and is not as it was. */
    CHANGED('c'),
    /** It is as it was told. */
    SAME('s'),
    /** It was told of, and is no session. */
    GONE('g'),
    /** It is as told, and not as it was told before a crash. */
    REPLACED('r'),
    /** It was told of before a crash, and is no session. */
    WITHDRAWN('x'),
    /**
     * No session: what follows, up to the change that completes it, is all there is of this key
     * that the watermark of the checkpoint had not passed.
     */
    WHOLE('w');

    private final int code;

    Kind(char code) {
      this.code = code;
    }

    /** {@return the number that stands for the kind wherever it is written; it never changes} */
    public int code() {
      return code;
    }

    /**
     * The kind that a number stands for.
     *
     * @param code the number
     * @return the kind
     */
    public static Kind of(int code) {
      return switch (code) {
        case 'n' -> NEW;
        case 'c' -> CHANGED;
        case 's' -> SAME;
        case 'g' -> GONE;
        case 'r' -> REPLACED;
        case 'x' -> WITHDRAWN;
        case 'w' -> WHOLE;
        default -> throw new IllegalArgumentException("no kind of change: " + code);
      };
    }
  }

  /**
   * A session that is final, and complete by itself.
   *
   * @param session the session
   * @param isNew whether it is published for the first time
   * @return the change
   */
  public static SessionChange settled(Session session, boolean isNew) {
    return new SessionChange(session, isNew ? Kind.NEW : Kind.CHANGED, true, true);
  }

  /** Announces all there is of a key since the checkpoint, if that is anything. */
  static SessionChange whole(ConversationKey key, boolean isNothing) {
    return new SessionChange(Session.open(key.b(), 0, key.a()), Kind.WHOLE, false, isNothing);
  }

  /**
   * The same change, as the last one of those that belong together or not.
   *
   * @param last whether it is the last one
   * @return the change
   */
  public SessionChange completing(boolean last) {
    return last == completes ? this : new SessionChange(session, kind, isFinal, last);
  }

  /**
   * The same change, of another kind.
   *
   * @param other the other kind
   * @return the change
   */
  public SessionChange as(Kind other) {
    return new SessionChange(session, other, isFinal, completes);
  }
}
