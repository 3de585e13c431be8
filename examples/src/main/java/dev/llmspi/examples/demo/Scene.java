package dev.llmspi.examples.demo;

import dev.llmspi.core.LlmClient;
import dev.llmspi.examples.demo.Reply.End;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A situation that the demo shows, with the replies that both servers send in it.
 *
 * @param title the title, which names the situation
 * @param explanation how the library handles it, and why
 * @param play the application code to run
 * @param reachable whether the primary provider accepts connections
 * @param primary OpenRouter's replies
 * @param secondary Portkey's replies
 */
record Scene(
        String title,
        String explanation,
        BiConsumer<LlmClient, Page> play,
        boolean reachable,
        List<Reply> primary,
        List<Reply> secondary) {

    /** The value of {@code max-retries} in the demo's settings. */
    static final int RETRIES = 2;

    private static final String SKY = "demo/sky-1";

    static List<Scene> all() {
        Reply first = Reply.answer(SKY, "Because air scatters blue light more than red.");
        Reply second = Reply.answer("gpt-demo", "Sunlight, scattered by air: the blue part most.");
        Reply overloaded = Reply.error(503, "overloaded");
        return List.of(
                chat("The primary answers", "One request, one answer.", List.of(first), List.of()),
                chat(
                        "503 twice, then an answer",
                        "Such errors often pass, so the call is retried at the same provider, with backoff and jitter.",
                        List.of(overloaded, overloaded, first),
                        List.of()),
                chat(
                        "429 with a Retry-After header",
                        "A short Retry-After is honoured: the retry is never earlier, and not much later.",
                        List.of(Reply.error(429, "too many requests").retryAfter(1), first),
                        List.of()),
                chat(
                        "402: the primary account has no credit left",
                        "Waiting does not help, so the call falls back to the next provider at once.",
                        List.of(Reply.error(402, "insufficient credits")),
                        List.of(second)),
                new Scene(
                        "The primary cannot be reached",
                        "The network may recover, so the call is retried and then falls back. No request was sent, so "
                                + "nothing is billed.",
                        SceneActions::chat,
                        false,
                        List.of(),
                        List.of(second)),
                chat(
                        "Both fail",
                        "The caller gets one typed error that lists every attempt. It also carries the wait that was "
                                + "too long for a retry.",
                        Collections.nCopies(1 + RETRIES, overloaded),
                        List.of(Reply.error(429, "too many requests").retryAfter(120))),
                streamHandedOn(),
                streamBroken(),
                toolRound());
    }

    private static Scene chat(String title, String explanation, List<Reply> primary, List<Reply> secondary) {
        return new Scene(title, explanation, SceneActions::chat, true, primary, secondary);
    }

    private static Scene streamHandedOn() {
        return new Scene(
                "A stream fails before its first word",
                "The status is 200, but the first event is an error. No text was delivered yet, so the next provider "
                        + "answers and the caller sees no error.",
                SceneActions::stream,
                true,
                List.of(new StreamScript(SKY).error(402, "insufficient credits").whole()),
                List.of(new StreamScript("gpt-demo")
                        .text("Sunlight, ", "scattered ", "by air: ", "the blue ", "part most.")
                        .finish("stop")
                        .done()
                        .whole()));
    }

    private static Scene streamBroken() {
        return new Scene(
                "A stream breaks after its first words",
                "Delivered text cannot be taken back, and half of one answer followed by another would be wrong. So "
                        + "there is no retry and no fallback; the error contains the delivered text.",
                SceneActions::stream,
                true,
                List.of(new StreamScript(SKY)
                        .text("Because ", "air ", "scatters ", "blue ")
                        .end(End.CUT)),
                List.of());
    }

    private static Scene toolRound() {
        return new Scene(
                "The model calls a tool",
                "The arguments arrive in pieces. The program runs the tool and sends back the result.",
                SceneActions::toolRound,
                true,
                List.of(
                        new StreamScript(SKY)
                                .toolCall("call_1", "weather", "{\"ci", "ty\":\"B", "ern\"}")
                                .finish("tool_calls")
                                .done()
                                .whole(),
                        new StreamScript(SKY)
                                .text("Yes: ", "four ", "degrees, ", "and fog.")
                                .finish("stop")
                                .done()
                                .whole()),
                List.of());
    }
}
