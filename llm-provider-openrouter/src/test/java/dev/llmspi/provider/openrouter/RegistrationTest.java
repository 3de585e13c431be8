package dev.llmspi.provider.openrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.spi.LlmProviderFactory;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The class path and the module path must find the same factory. */
class RegistrationTest {

    @Test
    void registrations_bothPaths_agree() throws Exception {
        String declared = getClass().getModule().getDescriptor().provides().stream()
                .filter(provides -> provides.service().equals(LlmProviderFactory.class.getName()))
                .findFirst()
                .orElseThrow()
                .providers()
                .toString();
        try (InputStream file =
                getClass().getModule().getResourceAsStream("META-INF/services/" + LlmProviderFactory.class.getName())) {
            String listed = new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
            assertEquals(declared, "[" + listed + "]");
            assertEquals(OpenRouterProviderFactory.class.getName(), listed);
        }
    }

    @Test
    void factory_byItsPublicConstructor_namesItsType() throws Exception {
        assertEquals(
                "openrouter",
                OpenRouterProviderFactory.class.getConstructor().newInstance().name());
    }
}
