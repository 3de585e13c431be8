package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.FakeRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for secrets: keys are sent to the server and appear nowhere else. */
public abstract class SecretRules extends ContractRules {

    private static final String PROMPT = "a prompt with c4n4ry-prompt in it";
    private static final String ANOTHER_KEY = "sk-contract-n3xt-9876543210";

    SecretRules(LlmProviderContract contract) {
        super(contract);
    }

    /** A credential that records how it was used. */
    private static final class Keys implements Credential {
        final List<String> given = new CopyOnWriteArrayList<>();
        final List<String> rejected = new CopyOnWriteArrayList<>();
        volatile String current = HttpBench.KEY;

        @Override
        public Secret secret(CallContext context) {
            given.add(current);
            return Secret.of(current);
        }

        @Override
        public boolean renew(Secret refused) {
            rejected.add(refused.reveal());
            current = ANOTHER_KEY;
            return true;
        }
    }

    private void assumeKey() {
        assumeTrue(
                author().config("http://127.0.0.1:9", HttpBench.KEY).containsValue(HttpBench.KEY),
                "the configuration contains no key");
    }

    private static Optional<String> key(FakeRequest request) {
        return List.of(HttpBench.KEY, ANOTHER_KEY).stream()
                .filter(key -> request.headers().values().stream().anyMatch(value -> value.contains(key)))
                .findFirst();
    }

    @Test
    @DisplayName("9.1 the key is sent in a header and nowhere else")
    public void rule9_1_onTheWire() {
        assumeKey();
        HttpBench http = http();
        http.answers("hello");

        chat();

        FakeRequest sent = http.server().lastRequest();
        assertEquals(Optional.of(HttpBench.KEY), key(sent));
        assertFalse((sent.path() + sent.body()).contains(HttpBench.KEY), "the key is in the path or the body");
    }

    @Test
    @DisplayName("9.2 the string form of a provider does not contain its key")
    public void rule9_2_toStringOfProvider() {
        assertFalse(String.valueOf(provider()).contains(HttpBench.KEY), "toString shows the key");
    }

    @Test
    @DisplayName("9.3 an error contains neither key nor prompt, even if the server sends them back")
    public void rule9_3_echo() {
        String echo = "no access with " + HttpBench.KEY + " for " + PROMPT;
        for (int status : new int[] {400, 401, 500}) {
            LlmException error = reply(status, echo);
            StringWriter shown = new StringWriter();
            error.printStackTrace(new PrintWriter(shown, true));
            shown.append(" ")
                    .append(error.code().orElse(""))
                    .append(error.requestId().orElse(""));

            assertFalse(shown.toString().contains(HttpBench.KEY), () -> "the error shows the key, status " + status);
            assertFalse(
                    shown.toString().contains("c4n4ry-prompt"), () -> "the error shows the prompt, status " + status);
        }
    }

    private LlmException reply(int status, String message) {
        try (HttpBench fresh = fresh()) {
            fresh.server()
                    .then(FakeReply.json(status, author().error(status, message), "x-request-id: " + HttpBench.KEY));
            return error(() -> fresh.provider().chat(ask(PROMPT), CallContext.create()));
        }
    }

    @Test
    @DisplayName("9.4 a key that cannot be sent is reported, and the report does not contain it")
    public void rule9_4_unfitKey() {
        assumeKey();
        String unfit = "sk-c4n4ry-1\r\nX-Evil: sk-c4n4ry-2";
        ProviderConfig config =
                HttpBench.block(author(), "http://127.0.0.1:9", value -> value.equals(HttpBench.KEY) ? unfit : value);

        LlmProvider provider = author().factory().create(config);

        if (provider != null) {
            provider.close();
        }
        String said = config.faults() + config.unusableReason().orElse("");
        assertTrue(said.length() > 2, "no fault was reported");
        assertFalse(said.contains("sk-c4n4ry"), "a fault shows the key");
    }

    @Test
    @DisplayName("9.5 the key is read from its credential before every attempt")
    public void rule9_5_changingKey() {
        assumeKey();
        Keys keys = new Keys();
        try (HttpBench http = HttpBench.open(author(), value -> value.equals(HttpBench.KEY) ? keys : value)) {
            http.answers("hello");
            http.server().repeat();

            http.provider().chat(hello(), CallContext.create());
            assertEquals(Optional.of(HttpBench.KEY), key(http.server().lastRequest()));
            keys.current = ANOTHER_KEY;
            http.provider().chat(hello(), CallContext.create());
            assertEquals(Optional.of(ANOTHER_KEY), key(http.server().lastRequest()));
        }
    }

    @Test
    @DisplayName("9.6 after a 401 the key is renewed once, and the error has the reason CREDENTIAL_RENEWED")
    public void rule9_6_renewedKey() {
        assumeKey();
        assumeFalse(author().triesRenewedKey(), "the provider itself retries with a renewed key");
        Keys keys = new Keys();
        try (HttpBench http = HttpBench.open(author(), value -> value.equals(HttpBench.KEY) ? keys : value)) {
            http.replies(401);

            LlmException error = error(() -> http.provider().chat(hello(), CallContext.create()));

            assertEquals(List.of(HttpBench.KEY), keys.rejected, "rejected keys");
            assertEquals(
                    Optional.of(ErrorReason.CREDENTIAL_RENEWED),
                    error.reason(),
                    "the reason that makes the client retry with the other key");
        }
    }
}
