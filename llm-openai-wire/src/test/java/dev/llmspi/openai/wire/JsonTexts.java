package dev.llmspi.openai.wire;

import dev.llmspi.api.TimeSource;
import dev.llmspi.openai.wire.error.ErrorFacts;
import dev.llmspi.openai.wire.error.JsonText;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Gives the tests in the package {@code error} access to this package. */
public final class JsonTexts {

    /** A reader that finds JSON within a text. */
    public static final JsonText READER = JsonReader.STANDARD;

    private JsonTexts() {}

    /** Returns the wait that a body requests, or null if it requests none. */
    public static @Nullable Duration told(String body) {
        JsonText.Found json = READER.at(body, 0);
        ErrorFacts facts =
                ErrorFacts.of(400, List.of(), json == null ? body : json.value(), READER, UnaryOperator.identity());
        WireReply reply = new WireReply(400, name -> List.of(), JsonObject.from(null));
        return new RetryAfter(reply, facts, TimeSource.system()).longest().orElse(null);
    }
}
