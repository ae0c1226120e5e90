/** The packaged job with a Flink of its own in one process. */
package io.firstresponse.local;
