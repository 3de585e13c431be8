package dev.llmspi.it.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.RecordingListener;
import java.util.List;

/** Both providers with a server of its own each, and the counts of servers and attempts compared. */
final class TwoProviders implements AutoCloseable {

    final TestUpstream openrouter = TestUpstream.start();
    final TestUpstream portkey = TestUpstream.start();
    final RecordingListener listener = RecordingListener.create();

    /** OpenRouter, then Portkey; nobody is left alone after an error. */
    LlmClientBuilder builder(TimeSource time) {
        return LlmClient.builder()
                .timeSource(time)
                .listener(listener)
                .provider("openrouter", block -> block.apiKey("or-key")
                        .baseUrl(openrouter.url("/api/v1").toString())
                        .defaultModel("m"))
                .provider("portkey", block -> block.apiKey("pk-key")
                        .baseUrl(portkey.url("/v1").toString())
                        .defaultModel("m")
                        .set("provider", "openai"))
                .chain("default", "openrouter", "portkey")
                .set("llm.cooldown.authentication", "0s")
                .set("llm.cooldown.exhausted", "0s")
                .set("llm.cooldown.max", "0s")
                .set("llm.retry.budget", 1_000_000); // many failures in a row are the test's doing
    }

    TestUpstream server(String provider) {
        return provider.equals("openrouter") ? openrouter : portkey;
    }

    /** Every POST is an attempt that was told of, and the other way round; every call has ended once. */
    void assertCountsAgree(int calls, String seed) {
        List<CallFinished> finished = listener.events(CallFinished.class);
        assertEquals(calls, finished.size(), seed);
        long told = finished.stream()
                .flatMap(event -> event.attempts().stream())
                .filter(Attempt::sent)
                .count();
        assertEquals(openrouter.posts() + portkey.posts(), told, seed);
    }

    @Override
    public void close() {
        openrouter.close();
        portkey.close();
    }
}
