package io.firstresponse.job.domain;

/**
 * The key of sessions: a customer, and in addressed-agent mode an agent.
 *
 * @param b customer id
 * @param a the agent written to, in addressed-agent mode; {@link Session#NOBODY} in any-agent mode
 */
public record ConversationKey(long b, long a) {}
