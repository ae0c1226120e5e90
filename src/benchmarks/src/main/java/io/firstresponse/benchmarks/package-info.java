/**
 * Measures how fast the job is, compared with the methods of the seed, with other ways to write it
 * on Flink, and with the limits of PostgreSQL, on one machine and in one run. Not part of a
 * release.
 *
 * <p>{@code measurements} run {@code peers} and the job on {@code setup}, and record {@code
 * figures}, of which {@code page} makes the performance page.
 */
package io.firstresponse.benchmarks;
