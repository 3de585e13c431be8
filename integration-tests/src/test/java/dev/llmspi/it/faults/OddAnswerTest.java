package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.Usage;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests unusual responses that are nevertheless valid answers. */
@Timeout(60)
class OddAnswerTest {

    private static final String CALL =
            "{'index':0,'id':'call-1','type':'function','function':{'name':'weather','arguments':'{}'}}";

    /** Checks that a message is accepted in one attempt, from each provider and in each mode, including streaming. */
    private static void check(String message, String finish, String more, Consumer<ChatResponse> expected) {
        String choice = "'finish_reason':" + finish;
        Reply whole =
                Reply.json(200, json("{" + more + "'choices':[{'index':0,'message':" + message + "," + choice + "}]}"));
        Reply stream = StreamReply.chunked()
                .event(json("{" + more + "'choices':[{'index':0,'delta':" + message + ",'finish_reason':null}]}"))
                .event(json("{" + more + "'choices':[{'index':0,'delta':{}," + choice + "}]}"))
                .done();
        for (Mode mode : Mode.values()) {
            for (String provider : List.of("openrouter", "portkey")) {
                try (FaultBench bench = FaultBench.alone(provider)) {
                    bench.server(provider).always(mode == Mode.STREAM ? stream : whole);
                    Outcome outcome = bench.call(mode);
                    expected.accept(outcome.answer());
                    assertEquals(1, outcome.attempts().size());
                }
            }
        }
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    @Tag("fault-5.5")
    @ParameterizedTest
    @ValueSource(strings = {"'content':null,", "'content':'',", ""})
    void toolCallsWithoutContent_areAnAnswer(String content) {
        check("{" + content + "'tool_calls':[" + CALL + "]}", "'tool_calls'", "", answer -> {
            assertEquals("", answer.text());
            assertEquals("weather", answer.toolCalls().get(0).name());
            assertEquals(FinishReason.TOOL_CALLS, answer.finishReason());
        });
    }

    @Tag("fault-5.5")
    @ParameterizedTest
    @ValueSource(strings = {"{'content':null}", "{'content':''}", "{}", "{'content':null,'tool_calls':null}"})
    void finishReasonAlone_isAnEmptyAnswer(String message) {
        check(message, "'stop'", "", answer -> {
            assertEquals("", answer.text());
            assertEquals(List.of(), answer.toolCalls());
            assertEquals(FinishReason.STOP, answer.finishReason());
        });
    }

    @Tag("fault-5.6")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "'usage':null,",
                "'usage':{},",
                "'x':1,'y':[{'z':null}],'object':5,'created':'never','system_fingerprint':{},"
            })
    void unknownFieldsAndNoUsage_areAnAnswer(String more) {
        check("{'content':'hello','x':{'y':1},'annotations':5}", "'stop'", more, answer -> {
            assertEquals("hello", answer.text());
            assertEquals(Usage.none(), answer.usage());
            assertTrue(answer.usage().totalTokens().isEmpty());
        });
    }

    @Tag("fault-5.6")
    @ParameterizedTest
    @CsvSource({"pondering, UNKNOWN", "STOPPED, UNKNOWN"})
    void unknownFinishReason_isKeptAsItCame(String word, FinishReason reason) {
        check("{'content':'hello'}", "'" + word + "'", "", answer -> {
            assertEquals("hello", answer.text());
            assertEquals(reason, answer.finishReason());
            assertEquals(Optional.of(word), answer.rawFinishReason());
        });
    }

    @Tag("fault-5.7")
    @ParameterizedTest
    @CsvSource({"length, LENGTH", "content_filter, CONTENT_FILTER"})
    void endedEarly_isAnAnswerWithThatReason(String word, FinishReason reason) {
        check("{'content':'hel'}", "'" + word + "'", "", answer -> {
            assertEquals("hel", answer.text());
            assertEquals(reason, answer.finishReason());
        });
    }
}
