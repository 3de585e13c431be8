package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import dev.llmspi.testkit.FakeLlmServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that {@code llm chat} falls back from OpenRouter to Portkey if the environment contains the keys and models of
 * both providers.
 */
class EnvironmentFallbackIT {

    private static final String FROM_PORTKEY = "from portkey";
    private static final String HOW = "set PORTKEY_DEFAULT_MODEL or llm.providers.portkey.default-model";

    private FakeServer openrouter;
    private FakeServer portkey;

    @BeforeEach
    void start() throws IOException {
        openrouter = new FakeServer();
        portkey = new FakeServer().reply("/v1/chat/completions", 200, FakeServer.completion(FROM_PORTKEY));
    }

    @AfterEach
    void stop() {
        openrouter.close();
        portkey.close();
    }

    private Program program(String addressOfOpenRouter) {
        return new Program(Program.PACKAGED)
                .with("OPENROUTER_API_KEY", "sk-or-4711")
                .with("OPENROUTER_BASE_URL", addressOfOpenRouter + "/api/v1")
                .with("OPENROUTER_DEFAULT_MODEL", "vendor/model")
                .with("PORTKEY_API_KEY", "pk-4711")
                .with("PORTKEY_BASE_URL", portkey.address() + "/v1")
                .with("PORTKEY_DEFAULT_MODEL", "@openai/model");
    }

    private void assertAnsweredByPortkey(Program program) throws Exception {
        Result result = program.run("chat", "hi");
        assertEquals(FROM_PORTKEY + "\n", result.out(), result.err());
        assertEquals(0, result.status());
        assertFalse(result.err().contains("no model"), result.err());
        assertEquals(1, portkey.bodies().size());
        assertTrue(
                portkey.bodies().get(0).contains("\"model\":\"@openai/model\""),
                portkey.bodies().get(0));
    }

    @Test
    void noCredit_portkeyAnswers() throws Exception {
        openrouter.error(402, "no credit");
        assertAnsweredByPortkey(program(openrouter.address()));
        assertEquals(1, openrouter.bodies().size());
    }

    /** The retry delay is short only to keep the test fast. */
    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void transientErrors_areRetriedThenPortkeyAnswers(int status) throws Exception {
        for (int i = 0; i < 4; i++) {
            openrouter.error(status, "later");
        }
        assertAnsweredByPortkey(program(openrouter.address()).with("LLM_RETRY_DELAY", "0.01"));
        assertEquals(4, openrouter.bodies().size());
    }

    @Test
    void reset_portkeyAnswers() throws Exception {
        try (FakeLlmServer server = FakeLlmServer.openRouter().resets().repeat()) {
            assertAnsweredByPortkey(program(server.url().replace("/api/v1", "")).with("LLM_RETRY_DELAY", "0.01"));
        }
    }

    /** The timeout is 2 s, so that even a busy machine loads all classes before the timeout expires. */
    @Test
    void hang_portkeyAnswersAfterTheRequestTimeout() throws Exception {
        try (SilentServer server = new SilentServer()) {
            assertAnsweredByPortkey(
                    program(server.address()).with("LLM_REQUEST_TIMEOUT", "2").with("LLM_RETRY_DELAY", "0.01"));
        }
    }

    @Test
    void connectionRefused_portkeyAnswers() throws Exception {
        String address = openrouter.address();
        openrouter.close();
        assertAnsweredByPortkey(program(address).with("LLM_RETRY_DELAY", "0.01"));
    }

    @Test
    void portkeyWithoutModel_isWarnedAboutBeforeTheCall() throws Exception {
        Program program = program(openrouter.answer("ok").address()).without("PORTKEY_DEFAULT_MODEL");
        Result answered = program.run("chat", "hi");
        assertEquals("ok\n", answered.out());
        assertEquals(1, answered.err().lines().count(), answered.err());
        assertTrue(answered.err().startsWith("llm: warning: provider portkey is skipped in calls that name no model"));
        assertTrue(answered.err().contains(HOW), answered.err());

        openrouter.error(402, "no credit");
        Result failed = program.run("chat", "hi");
        assertEquals(1, failed.status());
        assertTrue(failed.err().contains("402 ResourceExhausted"), failed.err());
        assertEquals(0, portkey.bodies().size());
    }

    @Test
    void portkeyWithoutModel_routeAndProvidersNameTheSetting() throws Exception {
        Program program = program(openrouter.address()).without("PORTKEY_DEFAULT_MODEL");
        String route = program.run("route", "--json").out();
        assertTrue(route.matches("(?s).*\"provider\":\"portkey\"[^}]*\"usable\":false.*"), route);
        assertTrue(route.contains(HOW), route);
        String providers = program.run("providers").out().replaceAll("\\s+", " ");
        assertTrue(providers.contains("portkey portkey with a model"), providers);
        assertTrue(providers.contains(HOW), providers);
        assertFalse(program(openrouter.address()).run("providers").out().contains("it has no default model"));
    }

    @Test
    void savedConfiguration_replacesTheModel() throws Exception {
        openrouter.error(402, "no credit");
        Result result = program(openrouter.address())
                .without("PORTKEY_DEFAULT_MODEL")
                .with("PORTKEY_CONFIG_ID", "pc-4711")
                .run("chat", "hi");
        assertEquals(FROM_PORTKEY + "\n", result.out(), result.err());
        assertEquals(0, result.status());
        assertFalse(result.err().contains("no model"), result.err());
        assertFalse(
                portkey.bodies().get(0).contains("\"model\""), portkey.bodies().get(0));
    }
}
