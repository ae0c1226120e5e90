/**
 * From the bytes of a record to a message or a dead letter. Bad input leaves the way of a message
 * here; nothing in this package throws on it.
 */
package io.firstresponse.job.decode;
