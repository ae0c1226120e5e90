package io.firstresponse.job.tables;

import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.tables.SeenNamings.News;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;

/**
 * Passes on the ids, names and label sets that its task has not seen, and those that it has seen at
 * an earlier time. So ids without names cost an exchange between tasks once and not with each
 * message. After a failure it has seen nothing.
 */
public final class NewNamings extends RichFilterFunction<Naming> {

  private static final long serialVersionUID = 1;

  /** 4 MB, or 8 MB with names: an id that is passed on twice costs the next task a look. */
  private static final int MAX_SLOTS = 1 << 18;

  private transient SeenNamings seen;

  @Override
  public void open(OpenContext context) {
    seen = new SeenNamings(MAX_SLOTS);
  }

  @Override
  public boolean filter(Naming naming) {
    return seen.see(naming) != News.NOTHING;
  }
}
