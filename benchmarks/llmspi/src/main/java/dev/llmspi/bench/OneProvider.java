package dev.llmspi.bench;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.core.LlmClient;
import java.net.URI;
import java.util.List;

/** This library with one provider from the registry, with retries and health tracking but without a chain. */
public final class OneProvider implements Contestant {

    @Override
    public String name() {
        return Names.of(OneProvider.class) + ", one provider";
    }

    @Override
    public Client open(URI baseUrl, int callers) {
        LlmClient client = LlmClient.builder()
                .provider("openrouter", block -> block.set("api-key", "a-key-for-a-benchmark")
                        .set("base-url", baseUrl.toString()))
                .build();
        LlmProvider provider = client.registry().get("openrouter");
        return new Client() {
            @Override
            public Conversation conversation(List<String> turns) {
                return LlmspiConversation.of(
                        turns,
                        request -> provider.chat(request, CallContext.create()),
                        request -> provider.stream(request, CallContext.create()));
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }
}
