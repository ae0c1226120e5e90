/**
 * The job. {@link io.firstresponse.job.FirstResponseJob} is the main class, {@link
 * io.firstresponse.job.Topology} has the complete graph, and {@link
 * io.firstresponse.job.JobOptions} lists the options.
 *
 * <p>A message passes through the packages in this order:
 *
 * <ol>
 *   <li>{@code source} reads records, {@code decode} makes messages or dead letters of them;
 *   <li>{@code intake} counts them and drops those that do not count;
 *   <li>{@code sessions} is the keyed operator, which applies the rules of {@code domain};
 *   <li>{@code tables} writes the results.
 * </ol>
 *
 * <p>{@code options} has the common parts of options, {@code types} the serializers, {@code tally}
 * the counts, and {@code spill} the memory of a batch.
 */
package io.firstresponse.job;
