package dev.llmspi.examples.demo;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.examples.show.KindName;
import dev.llmspi.examples.show.Style;
import dev.llmspi.examples.show.Table;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.Time;
import dev.llmspi.examples.show.Timeline;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Plays the {@link Scene}s and prints what happened in each. */
public final class Demo {

    private static final String INDENT = "   ";
    private static final String SETTINGS = """
            llm {
              chains { default = [openrouter, portkey] }
              retry { max-retries = %d, delay = 150ms, max-delay = 600ms }
              providers {
                openrouter { type = openrouter, api-key = demo, default-model = "demo/sky-1"
                             base-url = "%s/api/v1" }
                portkey    { type = portkey, api-key = demo, default-model = "gpt-demo"
                             base-url = "%s/v1", provider = openai, provider-api-key = demo }
              }
            }
            """;

    private final PrintStream out;
    private final PrintStream err;
    private final Style style;
    private final int width;
    private int reported;

    public Demo(Terminal terminal) {
        this.out = terminal.out();
        this.err = terminal.err();
        this.style = terminal.outStyle();
        this.width = Math.min(78, terminal.width());
    }

    /** Plays them all and gives the exit status. */
    public int run() throws IOException {
        try (DemoServer server = new DemoServer()) {
            List<Scene> scenes = Scene.all();
            say(
                    "",
                    "One server on this machine plays two providers; " + scenes.size()
                            + " calls are made, to OpenRouter "
                            + "first and to Portkey when that does not help. No key, no network.");
            for (int i = 0; i < scenes.size(); i++) {
                play(i + 1, scenes.get(i), server);
            }
            out.println();
            boolean agree = server.requests() == reported;
            say(
                    "",
                    server.requests() + " requests reached the server, " + reported + " were reported as sent: "
                            + (agree ? "the two agree." : "THE TWO DIFFER."));
            say("", "With a key of yours: OPENROUTER_API_KEY=... llm chat --model MODEL \"Hello\"");
            out.flush();
            return agree ? 0 : 1;
        } catch (LlmConfigException e) {
            out.flush();
            err.println("llm: the demo needs the jars llm-provider-openrouter and llm-provider-portkey, with their "
                    + "libraries, in the folder providers/. " + e.getMessage());
            return 2;
        }
    }

    private void play(int number, Scene scene, DemoServer server) throws IOException {
        out.println();
        out.println(style.bold(style.cyan(number + "  " + scene.title())));
        say(INDENT, scene.explanation());
        out.println();
        // What comes next takes a moment: let people read meanwhile.
        out.flush();
        server.plan(scene.primary(), scene.secondary());
        String primary = scene.reachable() ? server.address() : DemoServer.deadAddress();
        LlmSettings settings = LlmSettings.builder()
                .text(SETTINGS.formatted(Scene.RETRIES, primary, server.address()), "the settings of the demo")
                .build();
        // A client for each scene: none is to suffer from a cooldown the one before has earned.
        try (LlmClient client = LlmClient.builder().settings(settings).build()) {
            ChatResponse response = client.chat("Why is the sky blue?");
            show(response.attempts());
            say(INDENT, response.provider() + ": " + response.text());
        } catch (LlmException error) {
            show(error.attempts());
            show(error);
        }
    }

    private void show(List<Attempt> attempts) {
        new Timeline(style, width).lines(attempts).forEach(out::println);
        out.println();
        reported += (int) attempts.stream()
                .filter(attempt -> attempt.sent() && attempt.outcome() != Attempt.Outcome.SKIPPED)
                .count();
    }

    private void show(LlmException error) {
        String details = "kind " + KindName.of(error.kind())
                + (error.status().isPresent() ? ", status " + error.status().getAsInt() : "")
                + ", provider " + error.provider()
                + error.retryAfter()
                        .map(wait -> ", retry after " + Time.of(wait))
                        .orElse("")
                + ", " + error.attempts().size() + " attempts";
        out.println(INDENT + style.bold(style.red(error.getClass().getSimpleName())));
        say(INDENT, details);
    }

    private void say(String indent, String text) {
        Table.wrap(text, width - indent.length()).forEach(line -> out.println(indent + line));
    }
}
