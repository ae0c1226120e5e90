/**
 * The source that reads Kafka: {@link io.firstresponse.job.source.kafka.TopicsSource} wraps Flink's
 * connector. The other classes choose the first and last offsets, check the topics when the job is
 * submitted, keep secrets out of the configuration, and decode records.
 */
package io.firstresponse.job.source.kafka;
