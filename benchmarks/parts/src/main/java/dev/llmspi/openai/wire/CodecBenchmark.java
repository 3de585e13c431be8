package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.http.Bounds;
import dev.llmspi.openai.wire.http.JsonBody;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures encoding requests and decoding answers and errors, without a network. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {

    private static final String ANSWER = """
            {"id":"gen-1764300000-k3JqTn0aVx7LmP2c","provider":"Acme","model":"acme/large-2026-11",\
            "object":"chat.completion",\
            "created":1764300000,"choices":[{"logprobs":null,"finish_reason":"stop",\
            "native_finish_reason":"stop","index":0,\
            "message":{"role":"assistant","content":"Sunlight is scattered by the molecules of the \
            air, and the shorter the waves \
            the more: that is why the sky is blue, and why the sun is red when it sets.",\
            "refusal":null,"reasoning":null}}],\
            "usage":{"prompt_tokens":14,"completion_tokens":37,"total_tokens":51,"cost":0.00042,\
            "prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}""";
    private static final String ERROR =
            "{\"error\":{\"code\":429,\"message\":\"Rate limit exceeded\",\"metadata\":{\"provider_name\":\"Acme\"}}}";
    private static final int MESSAGES = 200;
    private static final int CACHE = 16 << 20;

    private final OpenAiDialect dialect = new OpenAiDialect() {};
    private final JsonReader json = new JsonReader(Bounds.DEFAULTS);
    private final ErrorMapper errors = new ErrorMapper(dialect, TimeSource.system());
    private final ResponseDecoder decoder = new ResponseDecoder(dialect, errors, json);
    private final RequestEncoder encoder = encoder(CACHE);
    private final RequestEncoder forgetful = encoder(0);
    private final ChatRequest hello = ChatRequest.of("Why is the sky blue?");
    private final ChatRequest conversation = conversation();
    private final WireCall scope = new WireCall("local", "m", CallContext.create(), hello.messages());
    private final Cancellation uncancelled = Cancellation.create();
    private final byte[] answer = ANSWER.getBytes(StandardCharsets.UTF_8);
    private final byte[] error = ERROR.getBytes(StandardCharsets.UTF_8);

    private RequestEncoder encoder(int cache) {
        RequestSettings settings =
                RequestSettings.read(ProviderConfig.of("local", Map.of()), dialect, dialect.defaultBaseUrl());
        return new RequestEncoder(dialect, settings, Bounds.DEFAULTS.request(), new EncodedMessageCache(cache));
    }

    private static ChatRequest conversation() {
        ChatRequest.Builder request = ChatRequest.builder();
        for (int i = 0; i < MESSAGES / 2; i++) {
            request.user("What about line " + i + "?\n" + "x = y + \"z\";\n".repeat(75));
            request.assistant("That one is right.\n" + "x = y + \"z\";\n".repeat(75));
        }
        return request.user("And now?").build();
    }

    /** Encodes a request with one message. */
    @Benchmark
    public JsonBody requestShort() {
        return encoder.encode(hello, "m", false, uncancelled);
    }

    /** Encodes 200 messages with a total of 200 KB, as in the second call of a conversation. */
    @Benchmark
    public JsonBody requestConversationAgain() {
        return encoder.encode(conversation, "m", false, uncancelled);
    }

    /** Encodes the same messages without the cache, as in the first call of a conversation. */
    @Benchmark
    public JsonBody requestConversationFirst() {
        return forgetful.encode(conversation, "m", false, uncancelled);
    }

    /** Decodes a complete answer of 800 bytes. */
    @Benchmark
    public ChatResponse answer() throws Exception {
        Object body = json.reply(new ByteArrayInputStream(answer), answer.length);
        WireReply reply = new WireReply(200, name -> List.of(), JsonObject.from(body));
        return decoder.decode(reply, scope, text());
    }

    /** Decodes a 429 response into an exception. */
    @Benchmark
    public LlmException error() {
        ErrorBody body = ErrorBody.of(error, json);
        return errors.map(new WireReply(429, name -> List.of(), body.body()), body, scope, text());
    }

    private Redactor text() {
        return new Redactor(List.of(), List.of(), hello.messages());
    }
}
