/**
 * The source that generates messages, for trials, demos and measurements. The same options give the
 * same messages at any parallelism.
 */
package io.firstresponse.job.source.datagen;
