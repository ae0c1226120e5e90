/** Microbenchmarks of the code that runs once per message. */
package io.firstresponse.benchmarks.jmh;
