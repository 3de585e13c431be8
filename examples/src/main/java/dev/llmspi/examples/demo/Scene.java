package dev.llmspi.examples.demo;

import dev.llmspi.core.LlmClient;
import dev.llmspi.examples.demo.Reply.End;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * One thing that happens, and what the servers do to it.
 *
 * @param title what happens
 * @param explanation what the library makes of it, and why
 * @param play what the program does
 * @param reachable whether the primary is there at all
 * @param primary what OpenRouter answers
 * @param secondary what Portkey answers
 */
record Scene(
        String title,
        String explanation,
        BiConsumer<LlmClient, Page> play,
        boolean reachable,
        List<Reply> primary,
        List<Reply> secondary) {

    /** The retries after the first attempt that the demo's settings allow. */
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
                        "A hiccup often passes: the same provider again, after a wait that grows and is random.",
                        List.of(overloaded, overloaded, first),
                        List.of()),
                chat(
                        "429, and it says how long to wait",
                        "A short Retry-After is obeyed: never earlier, and not much later.",
                        List.of(Reply.error(429, "too many requests").retryAfter(1), first),
                        List.of()),
                chat(
                        "402: the primary has no credit left",
                        "No wait helps there: on to the next provider at once.",
                        List.of(Reply.error(402, "insufficient credits")),
                        List.of(second)),
                new Scene(
                        "The primary cannot be reached",
                        "Tried again, since networks recover; then the next provider. Nothing was sent, nothing is billed.",
                        Plays::chat,
                        false,
                        List.of(),
                        List.of(second)),
                chat(
                        "Both fail",
                        "One error of one type comes out, with every attempt in it. A wait too long to sit out is in it too.",
                        Collections.nCopies(1 + RETRIES, overloaded),
                        List.of(Reply.error(429, "too many requests").retryAfter(120))),
                streamHandedOn(),
                streamBroken(),
                toolRound());
    }

    private static Scene chat(String title, String explanation, List<Reply> primary, List<Reply> secondary) {
        return new Scene(title, explanation, Plays::chat, true, primary, secondary);
    }

    private static Scene streamHandedOn() {
        return new Scene(
                "A stream fails before its first word",
                "The status was 200 already, then an error came in its place. Nothing was shown yet: "
                        + "the next provider answers, and nobody notices.",
                Plays::stream,
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
                "What was shown cannot be taken back. A second answer behind half of the first would be a lie: "
                        + "nobody is asked again, the error carries what was delivered.",
                Plays::stream,
                true,
                List.of(new StreamScript(SKY)
                        .text("Because ", "air ", "scatters ", "blue ")
                        .end(End.CUT)),
                List.of());
    }

    private static Scene toolRound() {
        return new Scene(
                "The model asks for a tool",
                "Its arguments come in pieces. The program runs the tool, hands the result back, and the model answers.",
                Plays::toolRound,
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
