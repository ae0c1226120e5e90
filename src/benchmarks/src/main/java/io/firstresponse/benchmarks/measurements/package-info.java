/** The measurements: each runs the job or its peers and records figures. */
package io.firstresponse.benchmarks.measurements;
