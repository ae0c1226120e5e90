package io.firstresponse.job.domain;

/**
 * A published session that proved wrong, because a message came out of order.
 *
 * @param was as it was published
 * @param became as it is; null if there is no such session
 * @param causeAt when the message that came out of order was sent, in microseconds since the epoch
 * @param causeAgent its agent
 * @param causeKind what it is
 */
public record Correction(
    Session was, Session became, long causeAt, long causeAgent, MessageKind causeKind) {}
