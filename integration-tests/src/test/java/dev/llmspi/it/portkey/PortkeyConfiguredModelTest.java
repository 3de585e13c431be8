package dev.llmspi.it.portkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Checks that the real gateway accepts a request without a model, and adds the model from the gateway configuration.
 */
@Tag("e2e")
@Timeout(60)
class PortkeyConfiguredModelTest {

    @Test
    void noModelNamed_theConfiguredModelReachesTheUpstream() throws Exception {
        try (PortkeyGateway gateway = PortkeyGateway.start();
                TestUpstream upstream = TestUpstream.start()) {
            upstream.then(Reply.answer("alone")).then(Reply.answer("as a target"));
            Map<String, Object> target = new LinkedHashMap<>(PortkeyRig.target(upstream));
            target.put("override_params", Map.of("model", "gpt-of-the-config"));
            Map<String, Object> fallback = Map.of("strategy", Map.of("mode", "fallback"), "targets", List.of(target));
            for (Map<String, Object> config : List.of(target, fallback)) {
                try (LlmClient client = LlmClient.builder()
                        .provider("portkey", block -> block.baseUrl(
                                        gateway.baseUrl().toString())
                                .set("config", config))
                        .build()) {
                    client.chat(ChatRequest.of("hi"));
                    assertTrue(
                            upstream.lastRequest().body().contains("\"model\":\"gpt-of-the-config\""),
                            upstream.lastRequest().body());
                }
            }
            assertEquals(2, upstream.posts());
        }
    }
}
