package dev.llmspi.provider.openrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.bench.ProviderBench;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The bench for OpenRouter's provider. */
final class Bench extends ProviderBench {

    static final String KEY = "sk-or-v1-c4n4ry0123456789abcdef";
    static final Instant NOW = Instant.ofEpochMilli(1_790_553_000_000L);

    Bench() {
        this(Map.of());
    }

    Bench(Map<String, ?> more) {
        super(FakeLlmServer.openRouter(), new OpenRouterProviderFactory()::create, "or", NOW, KEY, more);
        assertEquals(List.of(), faults);
    }

    /** Sets the reply to the next POST and to every GET. */
    @Override
    public Bench answer(FakeReply reply) {
        super.answer(reply);
        server.serves("/key", reply);
        return this;
    }
}
