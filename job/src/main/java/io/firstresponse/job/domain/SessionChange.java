package io.firstresponse.job.domain;

/**
 * A change of a session, as the keyed function publishes it. Changes of one key that have to be
 * visible together are a group: they follow one another, and the last one ends the group.
 *
 * @param session as it is now; as it was last published if it is {@link Kind#RETRACTED}
 * @param kind what happened to it
 * @param isFinal whether the watermark has passed every message that made it what it is
 * @param endsGroup whether the key's rows are right once this change and those before it are made
 */
public record SessionChange(Session session, Kind kind, boolean isFinal, boolean endsGroup) {

  /** What happened to a session. */
  public enum Kind {
    /** It is published for the first time, as far as is known after a recovery. */
    NEW('n'),
    /** It was published before, and differs. */
    CHANGED('c'),
    /** It was published before, and is the same. */
    SAME('s'),
    /** It was published before, and is no session any more. */
    RETRACTED('g'),
    /**
     * Not a session. The changes that follow, up to the one that ends the group, are all sessions
     * of the key that the watermark of the checkpoint had not passed.
     */
    REPLAY_START('w');

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
        case 'g' -> RETRACTED;
        case 'w' -> REPLAY_START;
        default -> throw new IllegalArgumentException("no kind of change: " + code);
      };
    }
  }

  /**
   * The change of a session that is final. It is a group of its own.
   *
   * @param session the session
   * @param isNew whether it is published for the first time
   * @return the change
   */
  public static SessionChange settled(Session session, boolean isNew) {
    return new SessionChange(session, isNew ? Kind.NEW : Kind.CHANGED, true, true);
  }

  /**
   * The start of a key's replay.
   *
   * @param isEmpty whether the key has no sessions after the checkpoint
   */
  static SessionChange replayStart(ConversationKey key, boolean isEmpty) {
    return new SessionChange(Session.open(key.b(), 0, key.a()), Kind.REPLAY_START, false, isEmpty);
  }

  /**
   * The same change, as the last one of its group or not.
   *
   * @param last whether it ends the group
   * @return the change
   */
  public SessionChange endingGroup(boolean last) {
    return last == endsGroup ? this : new SessionChange(session, kind, isFinal, last);
  }
}
