/**
 * A bulk upsert sink for PostgreSQL on the connections of the Flink JDBC connector.
 *
 * <p>{@link io.firstresponse.connectors.postgres.sink.PostgresUpsertSink} is the entry. {@link
 * io.firstresponse.connectors.postgres.sink.PostgresTable} and {@link
 * io.firstresponse.connectors.postgres.sink.Column} describe the table. A {@link
 * io.firstresponse.connectors.postgres.sink.TransactionGuard} joins each transaction, for jobs that
 * have to keep other writers out or to record how far they are.
 */
package io.firstresponse.connectors.postgres.sink;
