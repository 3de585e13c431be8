/**
 * HTTP as the wire needs it: one call is one request on the network and ends in a reply or in a {@link
 * dev.llmspi.openai.wire.http.TransportException} that says whether anything was sent. The only place that knows
 * OkHttp.
 */
@NullMarked
package dev.llmspi.openai.wire.http;

import org.jspecify.annotations.NullMarked;
