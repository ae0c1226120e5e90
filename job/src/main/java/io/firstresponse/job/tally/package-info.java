/**
 * What the job counts. The counts are part of checkpoints, so that the sum of messages used,
 * ignored, late, dead and waiting is equal to the records read, after crashes too.
 */
package io.firstresponse.job.tally;
