/** Messages from a table in PostgreSQL. */
package io.firstresponse.job.source.postgres;
