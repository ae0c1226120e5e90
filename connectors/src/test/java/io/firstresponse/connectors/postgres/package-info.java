/** Tests against a real PostgreSQL, and what other modules need for theirs. */
package io.firstresponse.connectors.postgres;
