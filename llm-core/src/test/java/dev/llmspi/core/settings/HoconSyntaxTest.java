package dev.llmspi.core.settings;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that the error for a file with a typo contains no API key, because errors are logged. */
class HoconSyntaxTest {

    @Test
    void build_invalidHocon_errorContainsNoText() {
        for (String broken : List.of(
                "llm { providers { p { api-key = \"sk-geheim\" sk-geheim } }",
                "llm.providers.p.api-key = [sk-geheim",
                "llm.providers.p.api-key = ${sk-geheim",
                "llm { sk-geheim")) {
            LlmConfigException error = assertThrows(
                    LlmConfigException.class,
                    () -> LlmSettings.builder().text(broken, "text").build(),
                    broken);
            assertFalse(error.toString().contains("geheim"), error.toString());
            for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
                assertFalse(cause.toString().contains("geheim"), cause.toString());
            }
        }
    }
}
