package dev.llmspi.testkit.contract;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.FakeStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The bench for a provider that uses HTTP. Its fake server sends the bodies defined by the contract's subclass. */
public final class HttpBench implements ContractBench {

    static final String NAME = "contract";
    static final String KEY = "sk-contract-c4n4ry-0123456789";
    static final String PATH = "/contract";

    private final HttpProviderContract author;
    private final FakeLlmServer server;
    private final ProviderConfig config;
    private final LlmProvider provider;

    private HttpBench(HttpProviderContract author, FakeLlmServer server, UnaryOperator<Object> change) {
        this.author = author;
        this.server = server;
        this.config = block(author, url(server), change);
        this.provider = author.factory().create(config);
    }

    /** Returns a bench with an initialized provider. */
    static HttpBench open(HttpProviderContract author) {
        return open(author, UnaryOperator.identity());
    }

    /** Returns a bench with an initialized provider, after applying a change to each value of its configuration. */
    static HttpBench open(HttpProviderContract author, UnaryOperator<Object> change) {
        FakeLlmServer server = FakeLlmServer.openAi();
        try {
            HttpBench bench = new HttpBench(author, server, change);
            if (!bench.config.faults().isEmpty()
                    || bench.config.unusableReason().isPresent()) {
                throw new IllegalStateException("the configuration is invalid: " + bench.config.faults()
                        + bench.config.unusableReason().orElse(""));
            }
            bench.provider.initialize();
            return bench;
        } catch (RuntimeException | LinkageError e) {
            server.close();
            throw e;
        }
    }

    /** Returns the provider's base URL on the given server, with a path that is specific to the contract. */
    static String url(FakeLlmServer server) {
        return URI.create(server.url()).resolve(PATH).toString();
    }

    /** Returns the configuration for the given base URL, after applying a change to each value. */
    static ProviderConfig block(HttpProviderContract author, String url, UnaryOperator<Object> change) {
        Map<String, Object> values = new LinkedHashMap<>();
        author.config(url, KEY).forEach((key, value) -> values.put(key, change.apply(value)));
        return ProviderConfig.of(NAME, values);
    }

    FakeLlmServer server() {
        return server;
    }

    ProviderConfig config() {
        return config;
    }

    HttpProviderContract author() {
        return author;
    }

    @Override
    public LlmProvider provider() {
        return provider;
    }

    @Override
    public void answers(String text) {
        server.then(FakeReply.json(200, author.answer(text)));
    }

    @Override
    public void callsTools(List<ToolCall> calls) {
        server.then(FakeReply.json(200, author.toolCalls(calls)));
    }

    @Override
    public void streams(List<String> pieces) {
        server.then(begun(pieces).piece(author.streamEnd()).end());
    }

    @Override
    public void streamsTools(List<ToolCall> calls) {
        FakeStream stream = FakeReply.stream(author.streamType());
        for (String piece : author.streamToolCalls(calls)) {
            stream = stream.piece(piece);
        }
        server.then(stream.end());
    }

    @Override
    public void streamsThenEnds(List<String> pieces) {
        server.then(begun(pieces).end());
    }

    @Override
    public void streamsThenHangs(List<String> pieces) {
        server.then(begun(pieces));
    }

    /** Returns a stream that has sent some pieces and is still open. */
    FakeStream begun(List<String> pieces) {
        FakeStream stream = FakeReply.stream(author.streamType()).piece(author.streamStart());
        for (String piece : pieces) {
            stream = stream.piece(author.streamText(piece));
        }
        return stream;
    }

    @Override
    public void fails(ErrorKind kind) {
        switch (kind) {
            case CONNECTION -> server.then(FakeReply.close());
            case AUTHENTICATION -> replies(401);
            case RATE_LIMIT -> replies(429);
            case RESOURCE_EXHAUSTED -> replies(402);
            case INVALID_REQUEST -> replies(400);
            case SERVICE -> replies(503);
            case TIMEOUT -> replies(504);
            case MODEL -> server.then(author.unknownModel());
        }
    }

    /** Makes the next reply an error with the given status. */
    void replies(int status, String... headers) {
        server.then(FakeReply.json(
                status, author.error(status, "status " + status + " sent by the contract test"), headers));
    }

    @Override
    public void hangs() {
        server.then(FakeReply.silence());
    }

    @Override
    public void awaitCalls(int count) throws InterruptedException {
        server.awaitPosts(count);
    }

    @Override
    public Optional<HttpBench> http() {
        return Optional.of(this);
    }

    @Override
    public void close() {
        try {
            provider.close();
        } finally {
            server.close();
        }
    }
}
