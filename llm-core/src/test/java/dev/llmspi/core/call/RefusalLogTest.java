package dev.llmspi.core.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.routing.ResolvedLink;
import dev.llmspi.core.settings.TimeoutSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests when a link that refuses every request is reported, and what the warning says. */
class RefusalLogTest {

    /** A logger that keeps the logged lines. */
    private static final class Lines implements System.Logger {
        private final List<String> all = new ArrayList<>();

        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable thrown) {
            all.add(level + " " + text);
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... values) {
            all.add(level + " " + format);
        }
    }

    private final Lines lines = new Lines();
    private final RefusalLog log = new RefusalLog(lines);
    private final ResolvedLink first = link("first", "m");
    private final ResolvedLink second = link("second", "n");

    private static ResolvedLink link(String name, @Nullable String model) {
        return new ResolvedLink(
                name,
                null,
                Optional.ofNullable(model),
                Optional.empty(),
                "",
                null,
                List.of(),
                TimeoutSettings.none(),
                TimeoutSettings.none());
    }

    private static LlmException invalid(String message) {
        return LlmException.builder(ErrorKind.INVALID_REQUEST)
                .message("provider \"first\": answered 400: " + message)
                .reason(ErrorReason.UNRECOGNISED)
                .status(400)
                .build();
    }

    /** Tells the log about calls that the first link refused and the second one answered. */
    private void refused(int calls, LlmException error) {
        for (int i = 0; i < calls; i++) {
            log.answered(second, List.of(new RefusalLog.Refusal(first, error)));
        }
    }

    @Test
    void answered_fiveRefusalsInARow_logsOneWarning() {
        refused(4, invalid("no"));
        assertEquals(List.of(), lines.all);
        refused(1, invalid("no"));
        assertEquals(1, lines.all.size());
        String warning = lines.all.get(0);
        assertTrue(warning.startsWith("WARNING provider \"first\" (m) refused 5 calls in a row"), warning);
        assertTrue(warning.contains("\"second\" then answered (HTTP 400)"), warning);
        assertTrue(warning.contains("llm.providers.first.request { omit = [...] }"), warning);
        assertTrue(warning.contains("llm.providers.first.fallback"), warning);
        assertTrue(warning.contains("later in the chain"), warning);
        refused(20, invalid("no"));
        assertEquals(1, lines.all.size());
    }

    @Test
    void answered_successOfTheLink_restartsTheCount() {
        refused(4, invalid("no"));
        log.answered(first, List.of());
        refused(4, invalid("no"));
        assertEquals(0, lines.all.size());
        refused(1, invalid("no"));
        log.answered(first, List.of());
        refused(5, invalid("no"));
        assertEquals(2, lines.all.size());
    }

    @Test
    void answered_successOfAnotherModel_doesNotRestartTheCount() {
        refused(4, invalid("no"));
        log.answered(link("first", "another"), List.of());
        refused(1, invalid("no"));
        assertEquals(1, lines.all.size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Unsupported parameter: 'temperature' is not supported with this model.|temperature",
                "Extra inputs are not permitted: stream_options|stream_options",
                "property \"seed\" is unsupported|seed",
                "Please stop: the user has sent a seed of the store, with more usage than n|",
                "'SECRET-PROMPT' is not supported, nor is my_temperature_value|",
                "no|",
            })
    void warning_fieldInTheError_isNamedOnlyIfItIsKnown(String message, @Nullable String field) {
        refused(5, invalid(message));
        String warning = lines.all.get(0);
        assertFalse(warning.contains("SECRET"), warning);
        assertFalse(warning.contains("supported"), warning);
        assertTrue(
                warning.contains(
                        field == null
                                ? "omit = [...]"
                                : "the field " + field + "; leave it out with llm.providers.first.request { omit = ["
                                        + field + "] }"),
                warning);
    }

    @Test
    void warning_missingCapability_namesTheChainAndTheCapabilities() {
        refused(
                5,
                LlmException.builder(ErrorKind.MODEL)
                        .message("no tools")
                        .reason(ErrorReason.MISSING_CAPABILITY)
                        .build());
        assertTrue(lines.all.get(0).contains("llm.providers.first.model-capabilities"), lines.all::toString);
        assertFalse(lines.all.get(0).contains("omit"), lines.all::toString);
    }

    @Test
    void warning_fieldThatHasAnotherName_saysHowToRenameIt() {
        refused(5, invalid("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."));
        assertTrue(
                lines.all
                        .get(0)
                        .contains("llm.providers.first.request { rename { max_tokens = max_completion_tokens } }"),
                lines.all::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "MODEL, MODEL_NOT_FOUND, llm.providers.first.default-model",
        "INVALID_REQUEST, PROVIDER_SETTINGS, llm.providers.first.base-url",
    })
    void warning_refusalForNoField_namesTheSettingThatHelps(ErrorKind kind, ErrorReason reason, String setting) {
        refused(
                5,
                LlmException.builder(kind)
                        .message("no such thing: temperature")
                        .reason(reason)
                        .build());
        assertTrue(lines.all.get(0).contains(setting), lines.all::toString);
        assertFalse(lines.all.get(0).contains("omit"), lines.all::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_REQUEST, UNRECOGNISED, true, true",
        "INVALID_REQUEST, , true, true",
        "INVALID_REQUEST, UNRECOGNISED, false, false",
        "INVALID_REQUEST, CONTENT_FILTERED, true, false",
        "MODEL, MISSING_CAPABILITY, true, true",
        "MODEL, MODEL_NOT_FOUND, true, true",
        "MODEL, NOT_MAPPED, true, false",
        "MODEL, CONTEXT_LENGTH, true, false",
        "AUTHENTICATION, FORBIDDEN, true, false",
        "SERVICE, , true, false",
    })
    void isRefusal_error_isTrueIfTheServerRefusedTheRequest(
            ErrorKind kind, @Nullable ErrorReason reason, boolean sent, boolean refusal) {
        LlmException error = LlmException.builder(kind)
                .message("no")
                .reason(reason)
                .requestSent(sent)
                .build();
        assertEquals(refusal, RefusalLog.isRefusal(error));
    }

    @Test
    void answered_manyModels_forgetsOldCounts() {
        refused(4, invalid("no"));
        for (int i = 0; i < 1_000; i++) {
            log.answered(second, List.of(new RefusalLog.Refusal(link("first", "made-up-" + i), invalid("no"))));
        }
        refused(4, invalid("no"));
        assertEquals(List.of(), lines.all, "the count was not forgotten");
        refused(1, invalid("no"));
        assertEquals(1, lines.all.size());
    }
}
