package io.firstresponse.job.domain;

/**
 * An open session as state keeps it.
 *
 * @param openedAt when the first unanswered message was sent, in microseconds since the epoch
 * @param asked the agent to whom it was written
 */
public record OpenSession(long openedAt, long asked) {}
