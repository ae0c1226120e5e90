package io.firstresponse.job.domain;

/**
 * A message that arrived at or behind the watermark, and hence is in no result.
 *
 * @param message the message
 * @param watermark the watermark when it arrived, in milliseconds since the epoch
 */
public record LateMessage(Message message, long watermark) {}
