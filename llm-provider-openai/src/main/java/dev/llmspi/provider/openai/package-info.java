/** Any server that speaks the OpenAI protocol: where its key goes, OpenAI's own headers, and the errors servers word each in their way. */
@NullMarked
package dev.llmspi.provider.openai;

import org.jspecify.annotations.NullMarked;
