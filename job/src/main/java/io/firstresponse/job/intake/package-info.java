/** The operator behind the source: it counts records and passes on the messages that count. */
package io.firstresponse.job.intake;
