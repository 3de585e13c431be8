package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmInvalidRequestException;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import org.junit.jupiter.api.Test;

/** Tests whether a call falls back after a refusal. */
class RefusalTest {

    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second = ScriptedProvider.named("second");

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .timeSource(ManualTimeSource.create())
                .provider(first)
                .provider(second)
                .chain("default", "first", "second");
    }

    private static LlmException invalid(ErrorReason reason) {
        return LlmException.builder(ErrorKind.INVALID_REQUEST)
                .message("no")
                .reason(reason)
                .build();
    }

    @Test
    void chat_unrecognisedRefusal_fallsBack() {
        first.fails(invalid(ErrorReason.UNRECOGNISED));
        second.answers("hello");
        try (LlmClient client = builder().build()) {
            assertEquals("second", client.chat("hi").provider());
        }
    }

    @Test
    void chat_unrecognisedRefusalConfiguredToStop_fails() {
        first.fails(invalid(ErrorReason.UNRECOGNISED));
        try (LlmClient client =
                builder().set("llm.fallback.unrecognised", "stop").build()) {
            assertThrows(LlmInvalidRequestException.class, () -> client.chat("hi"));
            assertEquals(0, second.calls());
        }
    }

    @Test
    void chat_refusedContent_fails() {
        first.fails(invalid(ErrorReason.CONTENT_FILTERED));
        try (LlmClient client = builder().build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(ErrorReason.CONTENT_FILTERED, error.reason().orElseThrow());
            assertEquals(0, second.calls());
        }
    }

    @Test
    void chat_refusedContentConfiguredToFallBack_fallsBack() {
        first.fails(invalid(ErrorReason.CONTENT_FILTERED));
        second.answers("hello");
        try (LlmClient client =
                builder().set("llm.fallback.after-content-filter", "next").build()) {
            assertEquals("second", client.chat("hi").provider());
        }
    }

    /** The error of a check by the library, which refuses the request before it is sent. */
    private static LlmException.Builder<?> check() {
        return LlmException.builder(ErrorKind.INVALID_REQUEST).message("no").requestSent(false);
    }

    @Test
    void chat_checkOfTheLibraryFails_fails() {
        first.fails(check().build());
        try (LlmClient client = builder().build()) {
            assertThrows(LlmInvalidRequestException.class, () -> client.chat("hi"));
            assertEquals(0, second.calls());
        }
    }

    @Test
    void chat_checkOfTheLibraryFailsForOneProvider_fallsBack() {
        first.fails(check().tryNext(true).build());
        second.answers("hello");
        try (LlmClient client = builder().build()) {
            assertEquals("second", client.chat("hi").provider());
        }
    }
}
