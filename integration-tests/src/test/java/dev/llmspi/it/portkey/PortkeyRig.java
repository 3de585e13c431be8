package dev.llmspi.it.portkey;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.Attempt;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.it.server.TestUpstream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Connects our Portkey provider, a gateway and a test server for one test, and compares the requests that each side
 * counts.
 */
final class PortkeyRig {

    private final PortkeyGateway gateway;
    private final TestUpstream upstream;
    private final int callsBefore;

    PortkeyRig(PortkeyGateway gateway, TestUpstream upstream) {
        this.gateway = gateway;
        this.upstream = upstream;
        this.callsBefore = gateway.posts();
    }

    /** Returns a client builder. The client names the upstream server to the gateway in request headers. */
    LlmClientBuilder client() {
        return client(block -> {});
    }

    /** Returns the same client builder with additional settings in the provider block. */
    LlmClientBuilder client(Consumer<ProviderSettings.Builder> more) {
        return provider(block -> {
            block.set("provider", "openai")
                    .set("provider-api-key", "upstream-key")
                    .set("custom-host", upstream.url("/v1").toString());
            more.accept(block);
        });
    }

    /** Returns a builder for a client that sends the given inline configuration to the gateway. */
    LlmClientBuilder configuredBy(Map<String, Object> config) {
        return provider(block -> block.set("config", config));
    }

    /** Returns an inline configuration target that forwards to a test server. */
    static Map<String, Object> target(TestUpstream host) {
        return Map.of(
                "provider", "openai",
                "api_key", "upstream-key",
                "custom_host", host.url("/v1").toString());
    }

    /** Checks that the reported attempts match the requests counted by the gateway and by the upstream server. */
    void assertWire(List<Attempt> attempts, int callsOfGateway, int postsAtUpstream) {
        assertEquals(callsOfGateway, gateway.posts() - callsBefore, "calls received by the gateway");
        assertEquals(callsOfGateway, sentToPortkey(attempts), "attempts reported");
        assertEquals(postsAtUpstream, upstream.posts(), "POSTs received by the upstream");
    }

    static long sentToPortkey(List<Attempt> attempts) {
        return attempts.stream()
                .filter(attempt -> attempt.provider().equals("portkey") && attempt.sent())
                .count();
    }

    /** Returns a builder for a client that has only our provider and makes one retry after a negligible wait. */
    private LlmClientBuilder provider(Consumer<ProviderSettings.Builder> more) {
        return LlmClient.builder()
                .provider("portkey", block -> {
                    block.baseUrl(gateway.baseUrl().toString()).defaultModel("m");
                    more.accept(block);
                })
                .chain("default", "portkey")
                .set("llm.retry.max-retries", 1)
                .set("llm.retry.delay", Duration.ofMillis(1))
                .set("llm.retry.max-delay", Duration.ofMillis(2));
    }
}
