/** Made-up traffic as a source: the same messages for the same options, at any parallelism. */
package io.firstresponse.job.source.datagen;
