/**
 * What the tests of several packages and modules share: databases, topics and files with messages,
 * runs of the job, the expected results ({@link io.firstresponse.job.testing.WindowQuery} and
 * {@link io.firstresponse.job.testing.TextbookFunction}), and seeded message traces. Other modules
 * use it through the test jar.
 */
package io.firstresponse.job.testing;
