/**
 * The source that reads files. {@link io.firstresponse.job.source.files.FilesSource} is the entry;
 * the enumerator finds files and assigns splits, a reader turns the bytes of a split into records,
 * and the decoder turns records into messages.
 */
package io.firstresponse.job.source.files;
