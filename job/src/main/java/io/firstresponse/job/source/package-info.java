/**
 * The sources of messages. Each kind of source has a package; this package has what they share: the
 * option {@code source.type}, and the watermarks of splits that end.
 */
package io.firstresponse.job.source;
