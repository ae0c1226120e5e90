/** Microbenchmarks of what runs once a message. */
package io.firstresponse.benchmarks.jmh;
