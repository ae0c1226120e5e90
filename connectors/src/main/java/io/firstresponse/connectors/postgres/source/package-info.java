/**
 * A source that reads a PostgreSQL table by the time of its rows, bounded and parallel or endless.
 *
 * <p>{@link io.firstresponse.connectors.postgres.source.PostgresTimeSource} is the entry.
 */
package io.firstresponse.connectors.postgres.source;
