package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Message;
import dev.llmspi.api.TimeSource;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that comparing an error with a long conversation takes CPU time in proportion to its length, and little. */
@Timeout(120)
class RedactionCostTest {

    private static final int ROUNDS = 7;
    private static final int LENGTH = 8_000_000;

    /** The limit is generous, because few rounds do not warm up the code and measuring the coverage slows it down. */
    private static final long MOST_MICROS_PER_MB = Long.getLong("llmspi.redaction.micros", 50_000);

    private static final String WORDS =
            "the model said that a marigold lantern was retried by my request to a server of words";

    private final ErrorMapper errors = new ErrorMapper(new OpenAiDialect() {}, TimeSource.system());

    private static String conversation(String kind) {
        String[] words = WORDS.split(" ");
        Random random = new Random(14);
        StringBuilder text = new StringBuilder();
        while (text.length() < LENGTH) {
            String word = words[random.nextInt(words.length)];
            switch (kind) {
                case "prose" -> text.append(word).append(random.nextInt(12) == 0 ? ".\n" : " ");
                case "code" ->
                    text.append("  if (a[")
                            .append(random.nextInt(999))
                            .append("] % 10 == \"")
                            .append(word)
                            .append("\\n\" && b)\n");
                case "russian" ->
                    text.append("фонарь ").append(random.nextInt(99)).append(" кварц ");
                case "repetition" -> text.append("Please summarise the marigold text. ");
                default -> text.append('a');
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "prose, 100000",
        "prose, 8000000",
        "prose, 40",
        "code, 100000",
        "russian, 100000",
        "repetition, 100000",
        "a, 100000"
    })
    void map_longConversation_takesLittleTime(String kind, int messageLength) {
        String text = conversation(kind);
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < LENGTH; i += messageLength) {
            messages.add(Message.user(text.substring(i, Math.min(LENGTH, i + messageLength))));
        }
        String echo = text.substring(LENGTH / 2, LENGTH / 2 + 1500);
        String message = "The upstream cannot read <" + echo + ">. Please retry.";
        byte[] body = ("{\"error\":{\"message\":" + JsonWriter.text(message) + "}}").getBytes(StandardCharsets.UTF_8);
        WireCall call = new WireCall("local", "m", CallContext.create(), messages);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            Redactor redactor = new Redactor(List.of(), List.of(), messages);
            long start = threads.getCurrentThreadCpuTime();
            ErrorBody error = ErrorBody.of(body, JsonReader.STANDARD);
            WireReply reply = new WireReply(500, name -> List.of(), error.body());
            String shown =
                    String.valueOf(errors.map(reply, error, call, redactor).getMessage());
            nanos[i] = threads.getCurrentThreadCpuTime() - start;
            assertTrue(shown.contains("The upstream cannot read <") && shown.contains("[prompt]"), shown);
            assertFalse(shown.contains(echo.substring(700, 720)), shown);
        }
        Arrays.sort(nanos);
        // The fastest round counts, because the others may run before their code is compiled.
        long micros = nanos[0] / (LENGTH / 1_000_000) / 1000;
        System.out.println("redaction of " + kind + " in messages of " + messageLength + ": " + micros + " us per MB");
        assertTrue(micros <= MOST_MICROS_PER_MB, "at least " + micros + " us per MB");
    }
}
