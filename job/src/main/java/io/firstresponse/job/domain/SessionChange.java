package io.firstresponse.job.domain;

/**
 * What there is to tell of a session: that it opened, or that it was answered.
 *
 * @param session as it is now
 * @param isNew whether nothing was told of it before, as far as can be known: a recovered job tells
 *     again what it told since its last checkpoint
 */
public record SessionChange(Session session, boolean isNew) {}
