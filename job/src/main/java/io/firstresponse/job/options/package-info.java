/**
 * Options of a command: parsing, checks, help text and reference page. A class with options
 * declares them as constants and is listed in {@link io.firstresponse.job.JobOptions}; it is in the
 * package of the code that uses it, or here if several packages use it.
 */
package io.firstresponse.job.options;
