package dev.llmspi.examples.demo;

import java.util.Collections;
import java.util.List;

/**
 * One call and what the servers do to it.
 *
 * @param title what happens
 * @param explanation what the library makes of it, and why
 * @param reachable whether the primary is there at all
 * @param primary what OpenRouter answers
 * @param secondary what Portkey answers
 */
record Scene(String title, String explanation, boolean reachable, List<Reply> primary, List<Reply> secondary) {

    /** The retries after the first attempt that the demo's settings allow. */
    static final int RETRIES = 2;

    static List<Scene> all() {
        Reply first = Reply.answer("demo/sky-1", "Because air scatters blue light more than red.");
        Reply second = Reply.answer("gpt-demo", "Sunlight, scattered by air: the blue part most.");
        Reply overloaded = Reply.error(503, "overloaded");
        return List.of(
                new Scene("The primary answers", "One request, one answer.", true, List.of(first), List.of()),
                new Scene(
                        "503 twice, then an answer",
                        "A hiccup often passes: the same provider again, after a wait that grows and is random.",
                        true,
                        List.of(overloaded, overloaded, first),
                        List.of()),
                new Scene(
                        "429, and it says how long to wait",
                        "A short Retry-After is obeyed: never earlier, and not much later.",
                        true,
                        List.of(Reply.error(429, "too many requests").retryAfter(1), first),
                        List.of()),
                new Scene(
                        "402: the primary has no credit left",
                        "No wait helps there: on to the next provider at once.",
                        true,
                        List.of(Reply.error(402, "insufficient credits")),
                        List.of(second)),
                new Scene(
                        "The primary cannot be reached",
                        "Tried again, since networks recover; then the next provider. Nothing was sent, nothing is billed.",
                        false,
                        List.of(),
                        List.of(second)),
                new Scene(
                        "Both fail",
                        "One error of one type comes out, with every attempt in it. A wait too long to sit out is in it too.",
                        true,
                        Collections.nCopies(1 + RETRIES, overloaded),
                        List.of(Reply.error(429, "too many requests").retryAfter(120))));
    }
}
