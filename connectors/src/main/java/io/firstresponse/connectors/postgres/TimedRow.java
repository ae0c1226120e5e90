package io.firstresponse.connectors.postgres;

import javax.annotation.Nullable;

/**
 * A row on its way from the fetching thread to the task's.
 *
 * @param time in microseconds, null if the value has none
 * @param position from where to read on after it
 */
record TimedRow<T>(T value, @Nullable Long time, long position) {}
