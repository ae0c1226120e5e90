/**
 * Who may write the tables, and what a recovery has to correct in them. Only this package uses
 * {@code tbl_writer}, {@code tbl_identity} and {@code tbl_load}.
 *
 * <table>
 * <caption>Where to find what</caption>
 * <tr><td>{@link io.firstresponse.job.ownership.TableOwnership}</td>
 *     <td>the check before a job starts</td></tr>
 * <tr><td>{@link io.firstresponse.job.ownership.Attempt}</td>
 *     <td>which of two attempts writes</td></tr>
 * <tr><td>{@link io.firstresponse.job.ownership.Claim}</td>
 *     <td>how a writer replaces earlier writers</td></tr>
 * <tr><td>{@link io.firstresponse.job.ownership.WriterRow}</td>
 *     <td>what each transaction checks, and where progress is recorded</td></tr>
 * <tr><td>{@link io.firstresponse.job.ownership.Recovery}</td>
 *     <td>whether an attempt recovers, and from where</td></tr>
 * <tr><td>{@link io.firstresponse.job.ownership.RecoveringWriter}</td>
 *     <td>when a writer looks at the rows of earlier attempts</td></tr>
 * <tr><td>{@link io.firstresponse.job.ownership.BulkLoad}</td>
 *     <td>filling an empty table without its keys</td></tr>
 * </table>
 *
 * <h2>Channels that no signature shows</h2>
 *
 * <pre>
 *                      (1) same arguments for Recovery.of
 *            +-----------------------------------------------+
 *            |                                               |
 *   keyed function  --(2) REPLAY_START, ..., endsGroup--&gt;  writer  --(4) row lock--&gt;  tbl_writer
 *            |                                               |                          ^
 *            +------------(3) watermark of the checkpoint----+       (4) claim          |
 *                                                              later attempt -----------+
 * </pre>
 *
 * <ol>
 *   <li>The keyed function and the writers ask {@link io.firstresponse.job.ownership.Recovery#of}
 *       independently. Both get the checkpoint, the attempt's number and the {@link
 *       io.firstresponse.job.ownership.JobStart} from Flink, so they agree.
 *   <li>With live results, the function of a recovery emits {@code REPLAY_START} as the first
 *       change of a key. The changes that follow, up to the one that ends the group, are all
 *       sessions of the key that the checkpoint's watermark had not passed. The changes of a group
 *       come one after the other, with no change of another key between them, and are written in
 *       one transaction. With final results, a row is right or wrong when the watermark has passed
 *       it.
 *   <li>The function and the writers both store the watermark in each checkpoint. It is the same
 *       one, because checkpoints are aligned: unaligned ones are refused. The function treats
 *       messages up to it as late, and the writers compare the rows after it.
 *   <li>Attempts of a task communicate only by {@code tbl_writer}: a writer locks its row in each
 *       transaction, and the next attempt deletes it.
 *   <li>The identity of the rows is in the job's state and in {@code tbl_identity}. State of
 *       another job's rows is refused.
 * </ol>
 *
 * <h2>Example</h2>
 *
 * <p>With live results, a customer asks at 10:00:10 and an agent answers at 10:00:20. Checkpoint 7
 * has the watermark 10:00:05. The job writes the answered session, final, and crashes before
 * checkpoint 8. The first attempt stands still in the middle of a transaction.
 *
 * <ol>
 *   <li>The second attempt claims: it deletes the row {@code (tbl_result, groups 0 to 15)} of the
 *       first one. That waits until the first one's transaction has ended; after 2 s its session is
 *       ended. Then it inserts its own row, with {@code restored_checkpoint} 7.
 *   <li>{@code Recovery} is {@code AFTER_CHECKPOINT}. The writer selects the rows with a time after
 *       10:00:05 and finds the session. It takes the recorded progress back to 10:00:05.
 *   <li>This time the answer comes first and the question, delayed, after the watermark has passed
 *       it: the question is late now. The function emits {@code REPLAY_START} for the customer,
 *       which ends its own group: there is no session. When the watermark passes 10:00:20, the
 *       writer deletes the row that it found, and {@code tbl_late} has the question.
 *   <li>The first attempt continues and locks its row before it writes. The row has been deleted:
 *       it fails with {@link io.firstresponse.job.ownership.TakenOverException} and has written
 *       nothing.
 * </ol>
 */
package io.firstresponse.job.ownership;
