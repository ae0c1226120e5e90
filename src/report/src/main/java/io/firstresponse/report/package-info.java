/** {@code scripts/report}: the figures of {@code conf/sql} in one HTML file. Runs without Flink. */
package io.firstresponse.report;
