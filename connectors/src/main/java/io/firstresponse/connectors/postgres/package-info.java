/** Bulk upserts into PostgreSQL, on the Flink JDBC connector. */
package io.firstresponse.connectors.postgres;
