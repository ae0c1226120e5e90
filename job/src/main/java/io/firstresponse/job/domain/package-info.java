/**
 * The rules of sessions in plain Java, without Flink, SQL or a clock: messages and their {@link
 * io.firstresponse.job.domain.MessageOrder total order}, the {@link
 * io.firstresponse.job.domain.SessionState state machine}, {@link
 * io.firstresponse.job.domain.FinalSessions final} and {@link
 * io.firstresponse.job.domain.LiveSessions live} results, and the memory in which messages wait.
 * Time comes in as an argument.
 */
package io.firstresponse.job.domain;
