/** What measurements run on: Flink, PostgreSQL, and the messages of a run. */
package io.firstresponse.benchmarks.setup;
