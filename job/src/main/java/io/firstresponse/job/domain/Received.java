package io.firstresponse.job.domain;

/**
 * The result of reading one record: a message, a dead letter with the reason, or the messages that
 * a mapping made of it, several or none.
 */
public sealed interface Received permits Message, DeadLetter, Mapped {}
