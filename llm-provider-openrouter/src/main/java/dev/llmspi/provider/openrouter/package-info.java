/**
 * The provider for OpenRouter. It handles the headers, request fields, response data and errors that are specific to
 * OpenRouter.
 */
@NullMarked
package dev.llmspi.provider.openrouter;

import org.jspecify.annotations.NullMarked;
