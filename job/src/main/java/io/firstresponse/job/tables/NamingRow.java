package io.firstresponse.job.tables;

import io.firstresponse.job.domain.Naming;

/**
 * A row of the tables of agents, customers and label sets.
 *
 * @param naming what it says
 * @param isNew whether the table is expected not to have the key
 */
record NamingRow(Naming naming, boolean isNew) {

  long key() {
    return naming.key();
  }

  /** Of two rows with one key, the naming that counts. */
  static NamingRow merged(NamingRow one, NamingRow other) {
    return new NamingRow(Naming.latest(one.naming, other.naming), one.isNew || other.isNew);
  }
}
