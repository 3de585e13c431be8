package dev.llmspi.examples.demo;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.examples.show.KindName;
import dev.llmspi.examples.show.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;

/** Plays every {@link BrokenStream} and prints what its caller receives. */
public final class BrokenStreams {

    private final Page page;
    private final PrintStream err;
    private final String settings;

    /** @param settings additional settings as HOCON text */
    public BrokenStreams(Terminal terminal, String settings) {
        this.page = new Page(terminal);
        this.err = terminal.err();
        this.settings = settings;
    }

    /** Plays all streams and returns the exit status. */
    public int run() throws IOException {
        try (DemoServer server = new DemoServer()) {
            List<BrokenStream> streams = BrokenStream.all();
            page.sayAtMargin(
                    "A server on this machine plays " + streams.size() + " streams. Retries and a second provider "
                            + "are configured, but neither is used once the first word has been delivered.");
            for (int i = 0; i < streams.size(); i++) {
                play(i + 1, streams.get(i), server);
            }
            page.endLine();
            boolean once = server.requests() == streams.size();
            page.sayAtMargin(streams.size() + " calls, " + server.requests() + " requests: "
                    + (once ? "no request was sent twice." : "NOT ONE REQUEST PER CALL."));
            page.flush();
            return once ? 0 : 1;
        } catch (LlmConfigException e) {
            page.flush();
            err.println("llm: this demo " + Demo.NEEDS + e.getMessage());
            return 2;
        }
    }

    private void play(int number, BrokenStream broken, DemoServer server) {
        page.title(number, broken.title(), broken.server());
        boolean primary = broken.provider().equals("openrouter");
        List<Reply> replies = List.of(broken.reply());
        server.plan(primary ? replies : List.of(), primary ? List.of() : replies);
        Cancellation stop = Cancellation.create();
        CallOptions options = CallOptions.builder()
                .startWith(broken.provider())
                .cancellation(stop)
                .build();
        // Only the silent stream gets a short timeout, because it could expire in other streams on a busy machine.
        String idle = broken.reply().end() == Reply.End.SILENT ? "\nllm.timeouts.idle = 400ms" : "";
        page.beginLine("text");
        try (LlmClient client = Demo.client(server.address(), server.address(), settings + idle);
                ChatStream stream = client.stream(ChatRequest.of("Why is the sky blue?"), options)) {
            for (ChatStreamEvent event : stream) {
                if (event instanceof ChatStreamEvent.TextDelta delta) {
                    page.piece(delta.text());
                    if (broken.readerStops()) {
                        stop.cancel();
                    }
                }
            }
            complete(stream.partial());
        } catch (LlmException error) {
            failed(error);
        } catch (CancellationException cancelled) {
            page.endLine();
            page.say("ending", "cancelled: CancellationException");
        }
        page.flush();
    }

    private void complete(ChatResponse answer) {
        page.endLine();
        String reason = answer.finishReason().name().toLowerCase(Locale.ROOT);
        page.say("ending", "complete, finish reason " + reason);
        page.say(
                "usage",
                answer.usage().totalTokens().isPresent()
                        ? answer.usage().totalTokens().getAsLong() + " tokens"
                        : "not reported");
    }

    private void failed(LlmException error) {
        page.endLine();
        String reason = error.reason()
                .map(word -> ", " + word.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .orElse("");
        page.say(
                "ending",
                "failed: " + error.getClass().getSimpleName() + " (" + KindName.of(error.kind()) + reason + ")");
        page.say("message", String.valueOf(error.getMessage()));
        page.say(
                "partial()",
                error.partial().map(partial -> "\"" + partial.text() + "\"").orElse("nothing"));
        page.say("attempts", String.valueOf(error.attempts().size()));
    }
}
