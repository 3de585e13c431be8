/**
 * The provider for all servers that use the OpenAI protocol. It handles the API key header, OpenAI's own headers and
 * server-specific errors.
 */
@NullMarked
package dev.llmspi.provider.openai;

import org.jspecify.annotations.NullMarked;
