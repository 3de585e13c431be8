/**
 * The HTTP transport. A call sends one request over the network and ends with a reply or with a
 * {@link dev.llmspi.openai.wire.http.TransportException}, which says whether anything was sent. No other package uses
 * OkHttp.
 */
@NullMarked
package dev.llmspi.openai.wire.http;

import org.jspecify.annotations.NullMarked;
