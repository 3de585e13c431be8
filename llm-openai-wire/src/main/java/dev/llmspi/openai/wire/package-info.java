/**
 * Providers for servers that speak the OpenAI protocol. {@link dev.llmspi.openai.wire.OpenAiWire#provider} creates one
 * from a configuration block and an {@link dev.llmspi.openai.wire.OpenAiDialect}, which describes how the server
 * differs from OpenAI's.
 *
 * <p>A dialect may be empty. It can change keys and headers, fields of the request, the name of the model, the metadata
 * and usage of an answer, and the meaning of an error. A dialect reads JSON that {@code dev.llmspi.api} has no type for
 * through {@link dev.llmspi.openai.wire.JsonObject}, a view of plain maps and lists.
 */
@NullMarked
package dev.llmspi.openai.wire;

import org.jspecify.annotations.NullMarked;
