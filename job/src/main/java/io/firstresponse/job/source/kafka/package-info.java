/** Messages from Kafka: which topics and partitions are read, from where on, and how. */
package io.firstresponse.job.source.kafka;
