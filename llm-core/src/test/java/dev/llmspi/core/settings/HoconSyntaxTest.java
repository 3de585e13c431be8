package dev.llmspi.core.settings;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A key in a file with a typo must not end up in a log. */
class HoconSyntaxTest {

    @Test
    void build_textThatIsNoHocon_saysWhereButNotWhatStandsThere() {
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
