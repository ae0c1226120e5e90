/** The performance page of the documents, written from the figures of a full run. */
package io.firstresponse.benchmarks.page;
