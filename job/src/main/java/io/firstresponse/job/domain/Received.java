package io.firstresponse.job.domain;

/**
 * What a source hands to the job for each record it read: a message, the reason why there is none,
 * or the several or no messages that a mapping made of it.
 */
public sealed interface Received permits Message, DeadLetter, Mapped {}
