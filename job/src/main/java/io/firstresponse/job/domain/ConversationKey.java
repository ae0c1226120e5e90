package io.firstresponse.job.domain;

/**
 * What sessions belong to.
 *
 * @param b customer id
 * @param a the agent written to, in addressed-agent mode; {@link Session#NOBODY} in any-agent mode
 */
public record ConversationKey(long b, long a) {}
