package io.firstresponse.job.domain;

/**
 * A message that arrived when its results were already final.
 *
 * @param message the message
 * @param watermark how far results were final when it arrived, in milliseconds since the epoch
 */
public record LateMessage(Message message, long watermark) {}
