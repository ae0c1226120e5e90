package io.firstresponse.connectors.postgres;

/**
 * A row that PostgreSQL refused, with the reason.
 *
 * @param row the row as it was given to the sink
 * @param table the table that refused it, quoted as in SQL
 * @param sqlState the five characters of PostgreSQL's error code, of class 22, 23 or 54
 * @param reason the server's message, which may show the row's values
 */
public record RefusedRow<T>(T row, String table, String sqlState, String reason) {}
