package dev.llmspi.examples.demo;

import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.examples.show.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Plays the {@link Scene}s and prints what happened in each. */
public final class Demo {

    /** What is missing when the program cannot play two providers. */
    static final String NEEDS =
            "needs the jars llm-provider-openrouter and llm-provider-portkey, with their libraries, in "
                    + "the folder providers/. ";

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

    private final Page page;
    private final PrintStream err;

    public Demo(Terminal terminal) {
        this.page = new Page(terminal);
        this.err = terminal.err();
    }

    /** Plays them all and gives the exit status. */
    public int run() throws IOException {
        try (DemoServer server = new DemoServer()) {
            List<Scene> scenes = Scene.all();
            page.sayAtMargin("One server on this machine plays two providers in " + scenes.size()
                    + " scenes: OpenRouter is asked first, Portkey when that does not help. No key, no network.");
            for (int i = 0; i < scenes.size(); i++) {
                play(i + 1, scenes.get(i), server);
            }
            page.endLine();
            boolean agree = server.requests() == page.reported();
            page.sayAtMargin(server.requests() + " requests reached the server, " + page.reported()
                    + " were reported as sent: " + (agree ? "the two agree." : "THE TWO DIFFER."));
            page.sayAtMargin("With a key: OPENROUTER_API_KEY=... llm chat --stream --model MODEL \"Hello\"");
            page.flush();
            return agree ? 0 : 1;
        } catch (LlmConfigException e) {
            page.flush();
            err.println("llm: the demo " + NEEDS + e.getMessage());
            return 2;
        }
    }

    private void play(int number, Scene scene, DemoServer server) throws IOException {
        page.title(number, scene.title(), scene.explanation());
        server.plan(scene.primary(), scene.secondary());
        String primary = scene.reachable() ? server.address() : DemoServer.deadAddress();
        // A client for each scene: none is to suffer from a cooldown the one before has earned.
        try (LlmClient client = client(primary, server.address(), "")) {
            scene.play().accept(client, page);
        }
    }

    /** @param more settings in HOCON */
    static LlmClient client(String openRouter, String portkey, String more) {
        return LlmClient.builder()
                .text(SETTINGS.formatted(Scene.RETRIES, openRouter, portkey) + more, "the settings of the demo")
                .build();
    }
}
