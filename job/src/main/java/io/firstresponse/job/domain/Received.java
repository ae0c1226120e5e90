package io.firstresponse.job.domain;

/** What a source hands to the job for each record it read: a message, or the reason why not. */
public sealed interface Received permits Message, DeadLetter {}
