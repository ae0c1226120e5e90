package io.firstresponse.job.domain;

/** The result of reading one record: a message, or a dead letter with the reason. */
public sealed interface Received permits Message, DeadLetter {}
