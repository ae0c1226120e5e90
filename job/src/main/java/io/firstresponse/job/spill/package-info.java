/**
 * Memory of a batch that may be larger than the heap: a limited share of the heap, and temporary
 * files for the rest.
 */
package io.firstresponse.job.spill;
