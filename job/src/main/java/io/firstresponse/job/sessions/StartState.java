package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.types.UnfitStateException;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * What every task has to know about the checkpoint that it starts from: the watermark, the response
 * mode, whether results were live, and the identity of the tables. Each task writes one entry and
 * reads the entries of all tasks.
 */
final class StartState {

  private final ListState<Long> watermarkState;
  private final ListState<Boolean> liveState;
  private final ListState<String> modeState;
  private final ListState<String> tablesState;
  private final ResponseMode mode;
  private final boolean live;
  private final String tables;
  private final long watermark;

  /**
   * @throws UnfitStateException if this job cannot continue from the checkpoint
   */
  StartState(FunctionInitializationContext start, ResponseMode mode, boolean live, String tables)
      throws Exception {
    this.mode = mode;
    this.live = live;
    this.tables = tables;
    OperatorStateStore store = start.getOperatorStateStore();
    watermarkState = store.getUnionListState(new ListStateDescriptor<>("watermark", Types.LONG));
    liveState = store.getUnionListState(new ListStateDescriptor<>("live", Types.BOOLEAN));
    modeState = store.getUnionListState(new ListStateDescriptor<>("response-mode", Types.STRING));
    tablesState = store.getUnionListState(new ListStateDescriptor<>("tables", Types.STRING));
    refuseOtherMode();
    refuseOtherTables();
    refuseFinalAfterLive();
    long furthest = Long.MIN_VALUE;
    for (long of : watermarkState.get()) {
      // A drained job has a watermark at the end of time, which does not apply to its successor.
      furthest = Math.max(furthest, of == Long.MAX_VALUE ? Long.MIN_VALUE : of);
    }
    watermark = furthest;
  }

  /** The highest watermark of all tasks at the checkpoint, in milliseconds. */
  long watermark() {
    return watermark;
  }

  void snapshot(long watermark) throws Exception {
    watermarkState.update(List.of(watermark));
    liveState.update(List.of(live));
    modeState.update(List.of(mode.code()));
    tablesState.update(List.of(tables));
  }

  /** Sessions with the keys of one mode would stay open for ever in the other. */
  private void refuseOtherMode() throws Exception {
    for (String of : modeState.get()) {
      if (!of.equals(mode.code())) {
        throw new UnfitStateException(
            "This checkpoint is of a job with response-mode %s, and this job has %s. Go on with --response-mode %s, or start anew with empty tables."
                .formatted(of, mode, of));
      }
    }
  }

  /** In other tables, the rows written before the checkpoint would be missing or different. */
  private void refuseOtherTables() throws Exception {
    for (String of : tablesState.get()) {
      if (!of.isEmpty() && !of.equals(tables)) {
        throw new UnfitStateException(
            "This checkpoint is of a job that wrote other tables, or these before they were begun anew. Go on with the tables that it wrote (--sink.jdbc.url, --sink.jdbc.schema), or start without it, with --sink.start-over true if these tables have rows.");
      }
    }
  }

  /** Without live results, provisional rows in the table would never become final. */
  private void refuseFinalAfterLive() throws Exception {
    for (boolean was : liveState.get()) {
      if (was && !live) {
        throw new UnfitStateException(
            "This checkpoint is of a job with live results: the table has rows that are not final,"
                + " and only a job with live results can finish them. Go on with --results live, or"
                + " start anew with empty tables.");
      }
    }
  }
}
