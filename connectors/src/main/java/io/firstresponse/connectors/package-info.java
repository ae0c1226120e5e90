/** What all connectors share: a failure that ends the job instead of restarting it. */
package io.firstresponse.connectors;
