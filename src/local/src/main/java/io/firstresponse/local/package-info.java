/**
 * The job with a Flink in one process: {@code scripts/run-local}, {@code inspect}, {@code replay}
 * and {@code demo}.
 */
package io.firstresponse.local;
