/** Where messages come from, one package a kind of source, and what all of them share. */
package io.firstresponse.job.source;
