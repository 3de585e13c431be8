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

/** Our Portkey provider, a gateway and an upstream put together for one test, and the counts on either side compared. */
final class PortkeyRig {

    private final PortkeyGateway gateway;
    private final TestUpstream upstream;
    private final int callsBefore;

    PortkeyRig(PortkeyGateway gateway, TestUpstream upstream) {
        this.gateway = gateway;
        this.upstream = upstream;
        this.callsBefore = gateway.posts();
    }

    /** A client whose gateway is told about the upstream by headers. */
    LlmClientBuilder client() {
        return client(block -> {});
    }

    /** The same, with more in the provider's block. */
    LlmClientBuilder client(Consumer<ProviderSettings.Builder> more) {
        return provider(block -> {
            block.set("provider", "openai")
                    .set("provider-api-key", "upstream-key")
                    .set("custom-host", upstream.url("/v1").toString());
            more.accept(block);
        });
    }

    /** A client whose gateway is told everything by an inline configuration. */
    LlmClientBuilder configuredBy(Map<String, Object> config) {
        return provider(block -> block.set("config", config));
    }

    /** A host as a target of an inline configuration. */
    static Map<String, Object> target(TestUpstream host) {
        return Map.of(
                "provider", "openai",
                "api_key", "upstream-key",
                "custom_host", host.url("/v1").toString());
    }

    /** Both ends count what was sent; the attempts must say the same. */
    void assertWire(List<Attempt> attempts, int callsOfGateway, int postsAtUpstream) {
        assertEquals(callsOfGateway, gateway.posts() - callsBefore, "calls the gateway got");
        assertEquals(callsOfGateway, sentToPortkey(attempts), "attempts reported");
        assertEquals(postsAtUpstream, upstream.posts(), "POSTs the upstream got");
    }

    static long sentToPortkey(List<Attempt> attempts) {
        return attempts.stream()
                .filter(attempt -> attempt.provider().equals("portkey") && attempt.sent())
                .count();
    }

    /** Our provider alone; one retry, after a wait too short to notice. */
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
