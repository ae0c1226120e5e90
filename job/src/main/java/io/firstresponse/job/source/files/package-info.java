/** Messages from files: which files and parts of them are read, in which order, and how. */
package io.firstresponse.job.source.files;
