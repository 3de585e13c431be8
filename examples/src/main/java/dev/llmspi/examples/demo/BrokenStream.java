package dev.llmspi.examples.demo;

import dev.llmspi.examples.demo.Reply.End;
import java.util.List;

/**
 * One of the ways in which a stream can end.
 *
 * @param server a description of the server's behaviour, to be shown on the page
 * @param provider the name of the provider that streams the reply
 * @param reply the streamed reply
 * @param readerStops whether the caller cancels after the first word
 */
record BrokenStream(String title, String server, String provider, Reply reply, boolean readerStops) {

    private static final String OPENROUTER = "openrouter";

    static List<BrokenStream> all() {
        return List.of(
                broken(
                        "An error event",
                        "The server sends status 200 and some words, then an event with an error.",
                        begun().error(502, "upstream failed").done().whole()),
                broken(
                        "A cut connection",
                        "The server sends some words, then closes the connection in the middle of the body.",
                        begun().end(End.CUT)),
                broken(
                        "A clean end without a finish reason",
                        "The server sends some words, then ends the body correctly. HTTP sees no fault, but half of "
                                + "the answer is missing.",
                        begun().whole()),
                broken(
                        "Silence",
                        "The server sends some words, then nothing, and keeps the connection open. timeouts.idle is "
                                + "400ms here.",
                        begun().end(End.SILENT)),
                broken(
                        "An event that is not JSON",
                        "The server sends some words, then an event with HTML.",
                        begun().event("<html>Bad Gateway</html>").whole()),
                broken(
                        "[DONE] without a finish reason",
                        "The server sends some words, then the end marker. The answer is complete, but its finish "
                                + "reason is unknown.",
                        begun().done().whole()),
                new BrokenStream(
                        "[DONE] without a finish reason, from a Portkey gateway",
                        "The server sends the same bytes. A gateway forwards any upstream, so only a finish reason "
                                + "completes the answer there.",
                        "portkey",
                        begun().done().whole(),
                        false),
                new BrokenStream(
                        "The caller cancels",
                        "The server keeps sending, but the caller cancels after the first word.",
                        OPENROUTER,
                        begun().text("light ", "more ", "than red.")
                                .finish("stop")
                                .done()
                                .whole(),
                        true),
                broken(
                        "A complete answer",
                        "The server sends all words, a finish reason, the usage and the end marker.",
                        begun().text("light ", "more ", "than red.")
                                .finish("stop")
                                .done()
                                .whole()));
    }

    private static BrokenStream broken(String title, String server, Reply reply) {
        return new BrokenStream(title, server, OPENROUTER, reply, false);
    }

    private static StreamScript begun() {
        return new StreamScript("demo/sky-1").text("Because ", "air ", "scatters ", "blue ");
    }
}
