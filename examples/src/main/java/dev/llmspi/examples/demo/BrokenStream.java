package dev.llmspi.examples.demo;

import dev.llmspi.examples.demo.Reply.End;
import java.util.List;

/**
 * One way for a stream to end.
 *
 * @param server what the server does
 * @param provider who streams
 * @param reply the stream
 * @param readerStops whether the caller cancels after the first words
 */
record BrokenStream(String title, String server, String provider, Reply reply, boolean readerStops) {

    private static final String OPENROUTER = "openrouter";

    static List<BrokenStream> all() {
        return List.of(
                broken(
                        "An error event",
                        "Some words, then an event that holds an error instead of a choice. The status was 200.",
                        begun().error(502, "upstream failed").done().whole()),
                broken(
                        "A cut connection",
                        "Some words, then the connection is closed in the middle of the body.",
                        begun().end(End.CUT)),
                broken(
                        "A clean end without a finish reason",
                        "Some words, then the body ends as HTTP has it. Nothing looks wrong; half the answer is missing.",
                        begun().whole()),
                broken(
                        "Silence",
                        "Some words, then nothing, on a connection that stays open. timeouts.idle is 400ms here.",
                        begun().end(End.SILENT)),
                broken(
                        "A garbage event",
                        "Some words, then an event that is no JSON.",
                        begun().event("<html>Bad Gateway</html>").whole()),
                broken(
                        "[DONE] without a finish reason",
                        "Some words, then the end mark. It is taken at its word; but nobody said why the model stopped: "
                                + "the finish reason is unknown.",
                        begun().done().whole()),
                new BrokenStream(
                        "[DONE] without a finish reason, from a Portkey gateway",
                        "The same bytes. A gateway passes on what any upstream sends: only a finish reason counts there.",
                        "portkey",
                        begun().done().whole(),
                        false),
                new BrokenStream(
                        "The caller cancels",
                        "Goes on writing; but the caller has read enough after the first word.",
                        OPENROUTER,
                        begun().text("light ", "more ", "than red.")
                                .finish("stop")
                                .done()
                                .whole(),
                        true),
                broken(
                        "A good one",
                        "The words, a finish reason, what was used, the end mark.",
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
