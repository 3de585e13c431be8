package dev.llmspi.it.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.ChatStreamEvent.UsageReported;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.faults.FaultBench;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import dev.llmspi.testkit.ManualTimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests streams that fail before their first content, in many ways. The caller must see only Portkey's answer. */
class FallbackBeforeFirstTokenTest {

    private static final int CALLS = Integer.getInteger("llmspi.fallbacks", 100);

    private static final List<Reply> FAULTS = List.of(
            Reply.error(429, "429", "slow"),
            Reply.error(402, "402", "credit"),
            Reply.error(503, "503", "busy"),
            Reply.error(401, "401", "key"),
            Reply.close(),
            Reply.reset(),
            Reply.raw("220 mail ready\r\n\r\n"),
            Reply.of(200, "text/html", "<html>sign in</html>"),
            Reply.json(200, "{}"),
            StreamReply.chunked().end(),
            StreamReply.chunked().done(),
            StreamReply.chunked().cut(),
            StreamReply.chunked().comment().comment().cut(),
            StreamReply.chunked().role().end(),
            StreamReply.chunked().role().reset(),
            StreamReply.untilClose().role().usage(9, 0).cut(),
            StreamReply.chunked().comment().error(502).end(),
            StreamReply.chunked().role().usage(9, 0).error(429),
            StreamReply.chunked().role().event("{no json").end(),
            StreamReply.untilClose()
                    .body("data: {\"choices\":[{\"delta\":{\"content\":\"never")
                    .end());

    @Tag("fault-6.18")
    @Tag("fault-6.21")
    @Tag("fault-6.23")
    @Test
    void stream_failsBeforeContent_callerSeesOnlyTheSecondProvider() {
        long seed = Long.getLong("llmspi.seed", new Random().nextLong());
        Random random = new Random(seed);
        try (FaultBench both = FaultBench.both()
                .withoutCooldowns()
                .time(ManualTimeSource.create())
                .set("llm.retry.max-retries", 1)) {
            LlmClient client = both.client();
            for (int call = 0; call < CALLS; call++) {
                int fault = random.nextInt(FAULTS.size());
                String where = "seed " + seed + ", call " + call + ", fault " + fault;
                both.openrouter.always(FAULTS.get(fault));
                StreamReply answer = random.nextBoolean() ? StreamReply.chunked() : StreamReply.untilClose();
                both.portkey.then(answer.comment()
                        .role()
                        .text("answer ")
                        .text(String.valueOf(call))
                        .finish("stop")
                        .usage(3, 2)
                        .done());
                List<String> seen = new ArrayList<>();
                try (ChatStream stream = client.stream(ChatRequest.of("hi"))) {
                    for (ChatStreamEvent event : stream) {
                        seen.add(shown(event));
                    }
                    assertEquals(List.of("answer ", String.valueOf(call), "used 2", "Finish[STOP]"), seen, where);
                    ChatResponse whole = stream.partial();
                    assertEquals("portkey", whole.provider(), where);
                    assertEquals("answer " + call, whole.text(), where);
                }
            }
            assertEquals(CALLS, both.listener.events(CallFinished.class).size(), "seed " + seed);
            assertEquals(CALLS, both.portkey.posts(), "seed " + seed);
        }
    }

    private static String shown(ChatStreamEvent event) {
        if (event instanceof TextDelta delta) {
            return delta.text();
        }
        return event instanceof UsageReported report
                ? "used " + report.usage().outputTokens().orElseThrow()
                : event.toString();
    }
}
