/** What the job is compared with: other ways to compute or to write the same rows. */
package io.firstresponse.benchmarks.peers;
