/** What servers write: JSON, and the bodies of the OpenAI protocol with the accents of those who speak it. Not exported. */
@NullMarked
package dev.llmspi.testkit.wire;

import org.jspecify.annotations.NullMarked;
