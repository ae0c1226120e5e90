package io.firstresponse.connectors.postgres.source;

import javax.annotation.Nullable;

/**
 * A row that the fetching thread passes to the task's thread.
 *
 * @param time in microseconds; null if the value has none
 * @param position where reading goes on after the row
 */
record TimedRow<T>(T value, @Nullable Long time, long position) {}
