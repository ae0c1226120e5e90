/** The mapping of a feed: a jq program that makes messages of its records. */
package io.firstresponse.job.mapping;
