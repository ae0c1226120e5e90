/** The figures of a run, their file, and the comparison of the figures of several runs. */
package io.firstresponse.benchmarks.figures;
