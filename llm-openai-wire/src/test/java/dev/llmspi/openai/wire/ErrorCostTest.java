package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Message;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.http.Bounds;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that classifying a large error takes the thread little CPU time. */
@Timeout(120)
class ErrorCostTest {

    /**
     * The number of rounds. Half of them warm up the code. With 4000 rounds, each body takes less than a millisecond.
     */
    private static final int ROUNDS = Integer.getInteger("llmspi.judged-errors", 120);

    /**
     * The limit is generous, because a few rounds do not warm up the code and because measuring the coverage slows it
     * down. It still detects quadratic cost.
     */
    private static final long MOST_NANOS = Long.getLong("llmspi.judged-errors.micros", 20_000) * 1_000;

    private final ErrorMapper errors = new ErrorMapper(new OpenAiDialect() {}, TimeSource.system());

    static Stream<String> bodies() {
        String words = "the model said that a quota of tokens per day was not exceeded. retry wait 1 s, ";
        String echo = "{\"role\":\"user\",\"content\":\"rate limit, out of credits\"},";
        return Stream.of(
                "{\"error\":{\"message\":\"" + words.repeat(100) + "\"}}",
                "{\"error\":{\"message\":\"" + words.repeat(800) + "\"}}",
                "{\"detail\":[{\"msg\":\"wrong\",\"input\":[" + echo.repeat(2_000) + "{}]}]}",
                "{\"error\":{\"message\":\"" + "a. ".repeat(20_000) + "\"}}",
                "{\"error\":{\"message\":\"" + "{'a".repeat(20_000) + "\"}}",
                "{\"error\":{\"message\":\"" + "[{\\\"a\\\":".repeat(8_000) + "\"}}",
                "{\"error\":{" + "\"code\":\"x\",\"message\":\"not found 1 \",".repeat(1_500) + "\"a\":1}}",
                "<html><title>" + "x".repeat(60_000),
                "余额".repeat(20_000),
                "1 2,".repeat(16_000),
                "{\"error\":{\"message\":\"maximum context length " + "1234567890".repeat(6_000) + "\"}}",
                "{\"error\":{\"message\":\"" + "1 s, 1 h and ".repeat(5_000) + "until\"}}",
                "{\"error\":{\"message\":\"" + "retry wait ".repeat(5_000) + "\"}}",
                "{\"error\":{\"message\":\"" + "data:a".repeat(10_000) + "\"}}",
                "{\"errors\":[" + "{\"message\":\"{'a': 'b'}\"},".repeat(2_000) + "{}]}");
    }

    /** The size limit of error bodies does not apply to an error inside a successful reply or a stream. */
    static Stream<String> largeMessages() {
        return Stream.of("wait 1 s, limit 2 ", "{\"a\":[", "{'a':'b'},", "{ ", "\\\\")
                .map(text -> text.repeat((4 << 20) / text.length()));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void map_largeError_takesLittleTime(String text) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        byte[] read = Arrays.copyOf(all, Math.min(all.length, Bounds.DEFAULTS.errorBody()));
        judge(() -> ErrorBody.of(read, JsonReader.STANDARD), read.length + " bytes: " + text.substring(0, 30));
    }

    @ParameterizedTest
    @MethodSource("largeMessages")
    void map_largeErrorInASuccess_takesLittleTime(String message) {
        JsonObject body = JsonObject.from(Map.of("error", Map.of("message", message, "code", 429)));
        judge(() -> ErrorBody.of(body), message.length() + " characters: " + message.substring(0, 8));
    }

    private void judge(Supplier<ErrorBody> read, String what) {
        WireCall scope =
                new WireCall("local", "m", CallContext.create(), List.of(Message.user("Tell me about rate limits.")));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            Redactor shown = new Redactor(List.of(), List.of(), scope.messages());
            long start = threads.getCurrentThreadCpuTime();
            ErrorBody body = read.get();
            WireReply reply = new WireReply(400, name -> List.of(), body.body());
            LlmException error = errors.map(reply, body, scope, shown);
            nanos[i] = threads.getCurrentThreadCpuTime() - start;
            assertTrue(error.getMessage() != null);
        }
        Arrays.sort(nanos, ROUNDS / 2, ROUNDS);
        long median = nanos[ROUNDS * 3 / 4];
        System.out.println("mapping " + what + "…: " + median / 1_000 + " us");
        assertTrue(median <= MOST_NANOS, "median of " + median + " ns");
    }
}
