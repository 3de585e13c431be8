package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.LlmConfigException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that all errors in a configuration are reported together at startup. */
class WrongConfigurationTest {

    private static LlmConfigException refused(String text) {
        return assertThrows(
                LlmConfigException.class,
                () -> LlmClient.builder().text(text, "test.conf").build().close(),
                text);
    }

    private static List<String> paths(LlmConfigException error) {
        return error.faults().stream().map(ConfigFault::path).sorted().toList();
    }

    /** Checks errors in keys of the core, of both providers and of nested blocks. No error may hide another one. */
    @Tag("fault-8.9")
    @Test
    void manyMistakes_areAllInOneErrorWithTheirLocations() {
        LlmConfigException error = refused("""
                llm.retry { max-retries = -1, delay = -1s, max-dely = 1s }
                llm.timeouts { attempt = soon, idle = -5s }
                llm.providers.openrouter {
                  api-key = c4n4ry-key, base-url = "ftp://c4n4ry", max_tokens_field = max_tokens
                  retry.max-retries = many
                  bounds { response = 0, respons = 1 }
                  tls { ca-file = "/no/such/file", verify = false }
                  proxy { host = "a:b", port = 70000, password = c4n4ry-password }
                  response-cache { ttl = 48h, tll = 1s }
                  capabilities = [tools, sorcery]
                }
                llm.providers.portkey {
                  api-key = c4n4ry-key, trace-id = "a\\nc4n4ry", metadata = c4n4ry, request-timeout = 0s, virtual_key = c4n4ry
                }
                """);
        assertEquals(
                Stream.of(
                                "llm.retry.max-retries",
                                "llm.retry.delay",
                                "llm.retry.max-dely",
                                "llm.timeouts.attempt",
                                "llm.timeouts.idle",
                                "llm.providers.openrouter.base-url",
                                "llm.providers.openrouter.max_tokens_field",
                                "llm.providers.openrouter.retry.max-retries",
                                "llm.providers.openrouter.bounds.response",
                                "llm.providers.openrouter.bounds.respons",
                                "llm.providers.openrouter.tls.ca-file",
                                "llm.providers.openrouter.tls.verify",
                                "llm.providers.openrouter.proxy.host",
                                "llm.providers.openrouter.proxy.port",
                                "llm.providers.openrouter.proxy.password",
                                "llm.providers.openrouter.response-cache.ttl",
                                "llm.providers.openrouter.response-cache.tll",
                                "llm.providers.openrouter.capabilities",
                                "llm.providers.portkey.trace-id",
                                "llm.providers.portkey.metadata",
                                "llm.providers.portkey.request-timeout",
                                "llm.providers.portkey.virtual_key")
                        .sorted()
                        .toList(),
                paths(error));
        for (ConfigFault fault : error.faults()) {
            assertTrue(fault.origin().contains("test.conf"), fault::toString);
            assertTrue(error.getMessage().contains(fault.toString()), error.getMessage());
        }
        assertFalse(Witness.printed(error).contains("c4n4ry"), () -> Witness.printed(error));
    }

    @Tag("fault-8.9")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry.max-retries = -1|retry.max-retries",
                "retry.max-retries = 1.5|retry.max-retries",
                "retry.delay = 5|retry.delay",
                "retry.delay = -1s|retry.delay",
                "retry { delay = 10s, max-delay = 5s }|retry.delay",
                "retry.on = [weather_error]|retry.on",
                "timeouts.total = 0s|timeouts.total",
                "timeouts.total = [1s]|timeouts.total",
                "timeouts.conect = 1s|timeouts.conect",
                "cooldown.max = -1s|cooldown.max",
                "chains.default = [nobody]|chains.default",
                "fallback.on = 5|fallback.on",
                "no-such-key = 1|no-such-key"
            })
    void wrongKeyOfTheClient_isRefusedByItsPath(String text, String path) {
        LlmConfigException error = refused("llm." + text + "\nllm.providers.openrouter.api-key = k");
        assertEquals(List.of("llm." + path), paths(error).stream().distinct().toList(), error.getMessage());
    }

    @Tag("fault-8.9")
    @ParameterizedTest
    @ValueSource(
            strings = {"retry.max-retries = 0", "retry.delay = 0s", "retry.max-after-timeout = 0", "cooldown.max = 0s"})
    void zero_isAccepted(String text) {
        LlmClient.builder()
                .text("llm." + text + "\nllm.providers.openrouter.api-key = k", "test.conf")
                .build()
                .close();
    }

    /** Checks that no configuration key in any block can switch off certificate checks. */
    @Tag("fault-8.9")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "insecure",
                "verify-tls",
                "trust-all",
                "verify-hostname",
                "tls.verify",
                "tls.insecure",
                "tls = false"
            })
    void keyThatWouldDisableChecks_isRefused(String key) {
        for (String at : List.of("llm.", "llm.providers.openrouter.", "llm.providers.portkey.")) {
            String line = at + (key.contains("=") ? key : key + " = true");
            LlmConfigException error = refused("""
                    llm.providers { openrouter.api-key = k, portkey.api-key = k }
                    """ + line);
            assertEquals(1, error.faults().size(), error.getMessage());
        }
    }
}
