package io.firstresponse.connectors.postgres.sink;

import org.apache.flink.annotation.PublicEvolving;

/**
 * A row that PostgreSQL refused, and why.
 *
 * @param row the row as it was given to the sink
 * @param table the table that refused it, without its schema
 * @param key the row's key, for example {@code b_ts=2018-08-15T10:08:25.379688Z b=7}; the same
 *     however often the row is written
 * @param columns the row as a JSON object
 * @param sqlState the five characters of PostgreSQL's error code, of class 22, 23 or 54
 * @param reason the server's message, which may have values of the row
 */
@PublicEvolving
public record RefusedRow<T>(
    T row, String table, String key, String columns, String sqlState, String reason) {}
