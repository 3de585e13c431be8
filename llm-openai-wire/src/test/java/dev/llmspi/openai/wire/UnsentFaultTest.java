package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.Credential;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests third-party code that fails before anything is sent. */
class UnsentFaultTest {

    private record Broken(String where) implements OpenAiDialect {

        private void reach(String place) {
            if (place.equals(where)) {
                throw new IllegalStateException("broken");
            }
            if (where.equals("overflow") && place.equals("fields")) {
                throw new StackOverflowError();
            }
        }

        @Override
        public String model(String name) {
            reach("model");
            return name;
        }

        @Override
        public Map<String, String> headers(CallContext context) {
            reach("headers");
            return Map.of();
        }

        @Override
        public Map<String, Object> fields(ChatRequest request) {
            reach("fields");
            return Map.of();
        }

        @Override
        public void amend(ChatRequest request, Map<String, Object> fields) {
            reach("amend");
        }

        @Override
        public Map<String, Object> reasoning(Reasoning wish) {
            reach("reasoning");
            return Map.of();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "headers", "fields", "amend", "reasoning", "overflow"})
    void dialect_throws_providerFaultUnsent(String where) throws Exception {
        ChatRequest request =
                Bench.HELLO.toBuilder().reasoning(Reasoning.effort("low")).build();
        try (Bench bench = new Bench(new Broken(where))) {
            assertUnsent(bench.failure(request));
            assertUnsent(assertThrows(LlmException.class, () -> bench.provider.stream(request, CallContext.create())));
            if (where.equals("headers")) {
                ModelCatalog catalog = bench.provider.as(ModelCatalog.class).orElseThrow();
                assertUnsent(assertThrows(LlmException.class, () -> catalog.models(CallContext.create())));
            }
            assertEquals(0, bench.requests());
        }
    }

    private static void assertUnsent(LlmException error) {
        assertEquals(ErrorKind.SERVICE, error.kind());
        assertEquals(Optional.of(ErrorReason.PROVIDER_FAULT), error.reason());
        assertEquals(Optional.of(false), error.retryHere());
        assertFalse(error.requestSent());
        assertEquals("local", error.provider());
    }

    @Test
    void credential_givesNull_missingAndUnsent() throws Exception {
        Credential none = context -> null;
        try (Bench bench = new Bench("api-key", none)) {
            LlmException error = bench.failure(Bench.HELLO);

            assertEquals(Optional.of(ErrorReason.MISSING_CREDENTIAL), error.reason());
            assertFalse(error.requestSent());
            assertEquals(0, bench.requests());
        }
    }
}
