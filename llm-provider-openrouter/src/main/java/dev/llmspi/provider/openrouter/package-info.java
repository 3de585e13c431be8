/** OpenRouter: its headers and fields, what it tells beyond the protocol, and what its errors mean. */
@NullMarked
package dev.llmspi.provider.openrouter;

import org.jspecify.annotations.NullMarked;
