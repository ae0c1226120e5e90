/** A Flink cluster of processes on loopback: what {@code scripts/cluster} runs. */
package io.firstresponse.cluster;
