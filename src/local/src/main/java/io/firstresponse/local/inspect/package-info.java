/**
 * What {@code scripts/inspect} finds out about the messages of a feed, and how it is shown. Plain
 * Java: it is given records and sessions one by one, by a job or by a test, and its memory is
 * bounded. Where a bound was reached, the report says so.
 */
package io.firstresponse.local.inspect;
