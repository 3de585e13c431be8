/**
 * A provider for any server that speaks the OpenAI protocol: {@link dev.llmspi.openai.wire.OpenAiWire#provider} makes
 * one from a configuration block and an {@link dev.llmspi.openai.wire.OpenAiDialect}, which says what is different at
 * that server.
 *
 * <p>A dialect may be empty. What it can change: keys and headers, fields of the request, the name of the model, what
 * of an answer becomes metadata and usage, and what an error means. JSON that the vocabulary of {@code dev.llmspi.api}
 * does not cover is seen through {@link dev.llmspi.openai.wire.JsonObject} and is plain maps and lists underneath.
 */
@NullMarked
package dev.llmspi.openai.wire;

import org.jspecify.annotations.NullMarked;
