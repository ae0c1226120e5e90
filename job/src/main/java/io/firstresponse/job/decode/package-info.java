/**
 * Decodes a record of any source into a {@link io.firstresponse.job.domain.Message}, or into a
 * {@link io.firstresponse.job.domain.DeadLetter} if the record cannot be used. Bad input never
 * throws. The options {@code messages.*} are in {@link io.firstresponse.job.decode.MessageOptions}.
 */
package io.firstresponse.job.decode;
