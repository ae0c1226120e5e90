package io.firstresponse.connectors.postgres.source;

import java.util.List;

/**
 * The enumerator's state.
 *
 * @param end the first time that is not read, in microseconds since 1970; {@link
 *     TimeRangeSplit#NO_END} for endless reading
 * @param unassigned the splits that no reader has
 */
record TimeRangeState(long end, List<TimeRangeSplit> unassigned) {}
