/**
 * Connections to PostgreSQL: where the password is, how long a connection waits, which failures are
 * tried again.
 *
 * <p>{@link io.firstresponse.connectors.postgres.connection.PostgresConnections} is the entry. The
 * sink and the source use this package; it uses neither.
 */
package io.firstresponse.connectors.postgres.connection;
