package dev.llmspi.bench;

import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.LlmClient;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** This library with a chain of two providers, with retries, a budget, health tracking and a listener. */
public final class WholeChain implements Contestant {

    @Override
    public String name() {
        return Names.of(WholeChain.class) + ", whole chain";
    }

    @Override
    public Client open(URI baseUrl, int callers) {
        LongAdder attempts = new LongAdder();
        LlmClient client = LlmClient.builder()
                .provider("openrouter", block -> block.set("api-key", "a-key-for-a-benchmark")
                        .set("base-url", baseUrl.toString()))
                .provider("portkey", block -> block.set("api-key", "another-key-for-a-benchmark")
                        .set("base-url", baseUrl.toString()))
                .chain("default", "openrouter", "portkey")
                .listener(new LlmListener() {
                    @Override
                    public void attemptFinished(AttemptFinished event) {
                        attempts.increment();
                    }
                })
                .build();
        return new Client() {
            @Override
            public Conversation conversation(List<String> turns) {
                return LlmspiConversation.of(turns, client::chat, client::stream);
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }
}
