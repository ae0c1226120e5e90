/**
 * How the job's values travel between tasks and lie in state: explicit serializers with versioned
 * snapshots, so that nothing falls back to a generic one and a later release can read what an
 * earlier one wrote.
 */
package io.firstresponse.job.types;
