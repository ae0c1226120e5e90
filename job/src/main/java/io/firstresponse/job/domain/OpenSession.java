package io.firstresponse.job.domain;

/**
 * What is remembered of a customer who waits.
 *
 * @param openedAt when the first unanswered message was sent, in microseconds since the epoch
 * @param asked the agent whom it was written to
 */
public record OpenSession(long openedAt, long asked) {}
