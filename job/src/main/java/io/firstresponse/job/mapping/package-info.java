/** A feed's own mapping: a jq program that makes messages of its records. */
package io.firstresponse.job.mapping;
