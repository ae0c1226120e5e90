package io.firstresponse.job.domain;

/**
 * A session that was told of and is not as it was told, because a message came out of order.
 *
 * @param was as it was told
 * @param became as it is; null if there is no such session
 * @param causeAt when the message was sent that came out of order, in microseconds since the epoch
 * @param causeAgent its agent
 * @param causeDirect whether the agent sent it
 */
public record Correction(
    Session was, Session became, long causeAt, long causeAgent, boolean causeDirect) {}
