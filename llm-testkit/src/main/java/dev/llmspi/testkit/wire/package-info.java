/**
 * The response bodies of OpenAI's protocol and its variants, and the JSON code that they need. This package is not
 * exported.
 */
@NullMarked
package dev.llmspi.testkit.wire;

import org.jspecify.annotations.NullMarked;
