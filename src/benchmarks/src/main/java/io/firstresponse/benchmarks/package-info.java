/**
 * How fast the job is, beside the seed's ways, Flink's own, and PostgreSQL's limits, all on one
 * machine and in one run. Not part of what is shipped.
 */
package io.firstresponse.benchmarks;
