package dev.llmspi.examples.demo;

import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.examples.show.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Plays the {@link Scene}s and prints the result of each. */
public final class Demo {

    /** The end of the error message that is printed if a provider jar is missing. */
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
    private final String settings;

    /** @param settings additional settings as HOCON text */
    public Demo(Terminal terminal, String settings) {
        this.page = new Page(terminal);
        this.err = terminal.err();
        this.settings = settings;
    }

    /** Plays all scenes and returns the exit status. */
    public int run() throws IOException {
        try (DemoServer server = new DemoServer()) {
            List<Scene> scenes = Scene.all();
            page.sayAtMargin("A server on this machine plays two providers in " + scenes.size()
                    + " scenes: calls go to OpenRouter first and fall back to Portkey. No key, no network.");
            for (int i = 0; i < scenes.size(); i++) {
                play(i + 1, scenes.get(i), server);
            }
            page.endLine();
            boolean agree = server.requests() == page.reported();
            page.sayAtMargin(server.requests() + " requests reached the server, " + page.reported()
                    + " were reported as sent: " + (agree ? "the counts agree." : "THE COUNTS DIFFER."));
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
        // Each scene gets a new client, so that no cooldown carries over from the previous scene.
        try (LlmClient client = client(primary, server.address(), settings)) {
            scene.play().accept(client, page);
        }
    }

    /** @param more additional settings as HOCON text */
    static LlmClient client(String openRouter, String portkey, String more) {
        return LlmClient.builder()
                .text(SETTINGS.formatted(Scene.RETRIES, openRouter, portkey) + more, "the settings of the demo")
                .build();
    }
}
