/** What all connectors share. */
package io.firstresponse.connectors;
