/** What a batch keeps on the heap as long as it fits, and in temporary files otherwise. */
package io.firstresponse.job.spill;
