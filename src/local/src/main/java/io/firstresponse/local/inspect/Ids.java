package io.firstresponse.local.inspect;

/** How the id of an agent or a customer is shown. */
final class Ids {

  private Ids() {}

  /** The id as the feed has it. */
  static String of(long id) {
    return Long.toString(id);
  }
}
