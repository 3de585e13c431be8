package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.core.settings.LlmConfigException;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests good and broken plug-ins, which the tests create. Each plug-in is loaded in its own module layer. */
class PluginFolderTest {

    @TempDir
    Path folder;

    private Path plugins;
    private FactoryJars jars;

    @BeforeEach
    void prepare() throws IOException {
        plugins = Files.createDirectories(folder.resolve("plugins"));
        jars = new FactoryJars(Files.createDirectories(folder.resolve("made")));
    }

    private Path plugin(Path jar) throws IOException {
        return Files.move(jar, plugins.resolve(jar.getFileName()));
    }

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .set("llm.plugins.dir", plugins.toString())
                .provider("good", block -> block.type("good"))
                .chain("default", "good");
    }

    @Test
    void build_pluginIsConfigured_answers() throws Exception {
        Path jar = plugin(jars.provider("good"));
        try (LlmClient client = builder().build()) {
            assertEquals("good", client.chat("hi").text());
            assertEquals(List.of(), client.registry().problems());
            assertEquals(
                    new ProviderStatus("good", "good", jar.toString(), true, ""),
                    client.registry().providers().get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "throw new OutOfMemoryError(\"no room\");",
                "throw new InternalError(\"no room\");",
                "throw new IllegalStateException(new OutOfMemoryError(\"no room\"));",
                "throw new StackOverflowError(\"no room\");"
            })
    void build_pluginEndsWithAnErrorOfTheJvm_isReportedAndTheOthersWork(String constructor) throws Exception {
        plugin(jars.provider("good"));
        Path dying = plugin(jars.provider("dying", "dying", constructor));
        try (LlmClient client = builder().build()) {
            assertEquals("good", client.chat("hi").text());
            assertEquals(1, client.registry().problems().size());
            DiscoveryProblem problem = client.registry().problems().get(0);
            assertEquals(dying.toString(), problem.jar());
            assertTrue(problem.cause().contains("no room"), problem.cause());
        }
    }

    @Test
    void build_pluginFailsWithControlCharacters_isOneShortLine() throws Exception {
        plugin(jars.provider("good"));
        plugin(jars.provider(
                "evil",
                "evil",
                "throw new IllegalStateException(\"a\\u0007\\u0085\\u202eb\\u200b\\n\" + \"z\".repeat(10_000));"));
        try (LlmClient client = builder().build()) {
            String cause = client.registry().problems().get(0).cause();
            assertTrue(cause.contains("a b zzz"), cause);
            assertTrue(cause.length() <= 4096, cause.length() + " characters");
        }
    }

    @Test
    void build_twoPluginsWithTwoVersionsOfALibrary_eachUsesItsOwn() throws Exception {
        for (String version : List.of("one", "two")) {
            Path home = Files.createDirectories(plugins.resolve(version));
            Files.move(
                    jars.write(
                            version,
                            Map.of(
                                    "Uses",
                                    factory("Uses", version, "Lib.version()")
                                            + "class Lib { static String version() { return \"" + version + "\"; } }"),
                            "fake.Uses"),
                    home.resolve("provider.jar"));
        }
        try (LlmClient client = LlmClient.builder()
                .set("llm.plugins.dir", plugins.toString())
                .provider("one", block -> block.type("one"))
                .provider("two", block -> block.type("two"))
                .build()) {
            for (String version : List.of("one", "two")) {
                assertEquals(
                        version,
                        client.chat(
                                        ChatRequest.of("hi"),
                                        CallOptions.builder().provider(version).build())
                                .text());
            }
        }
    }

    /** Returns the source of a factory whose provider answers with the value of a Java expression. */
    private static String factory(String className, String type, String answer) {
        return """
                package fake;
                import dev.llmspi.api.*;
                import dev.llmspi.api.spi.*;
                public final class %s implements LlmProviderFactory {
                    public String name() { return "%s"; }
                    public LlmProvider create(ProviderConfig config) {
                        return new LlmProvider() {
                            public String name() { return config.name(); }
                            public <T> java.util.Optional<T> as(Class<T> type) {
                                return type == ClassLoader.class
                                        ? java.util.Optional.of(type.cast(getClass().getClassLoader()))
                                        : java.util.Optional.empty();
                            }
                            public ChatResponse chat(ChatRequest request, CallContext context) {
                                return ChatResponse.builder(AssistantMessage.of(%s)).provider(name()).build();
                            }
                        };
                    }
                }
                """.formatted(className, type, answer);
    }

    @Test
    void build_brokenPluginsBesideAGoodOne_areReportedOnceAndDoNotDelayTheStart() throws Exception {
        plugin(jars.provider("good"));
        Map<Path, String> broken = new HashMap<>();
        broken.put(
                plugin(jars.provider("throwing", "throwing", "throw new IllegalStateException(\"no luck\");")),
                "no luck");
        broken.put(plugin(jars.provider("erring", "erring", "throw new AssertionError(\"never\");")), "never");
        broken.put(
                plugin(jars.provider("linkage", "linkage", "throw new NoClassDefFoundError(\"lib/Gone\");")),
                "lib/Gone");
        broken.put(plugin(jars.provider("deep", "deep", "throw new StackOverflowError(\"too deep\");")), "too deep");
        broken.put(plugin(jars.write("missing", Map.of(), "fake.Missing")), "fake.Missing");
        broken.put(
                plugin(jars.write(
                        "stranger",
                        Map.of("Stranger", "package fake; public final class Stranger { public Stranger() {} }"),
                        "fake.Stranger")),
                "Stranger");
        broken.put(plugin(jars.write("garbled", Map.of(), "this is no class name")), "this is no class name");
        broken.put(Files.writeString(plugins.resolve("cut.jar"), "PK and no more"), "cut.jar");
        broken.put(Files.copy(jars.write("1.2.3", Map.of(), "x.Y"), plugins.resolve("1.jar")), "1.jar");
        broken.put(plugin(jars.provider("nameless", "", "")), "has no name");
        plugin(jars.provider("slow", "slow", "try { Thread.sleep(60_000); } catch (InterruptedException e) { }"));
        try (LlmClient client = builder().build()) {
            assertEquals("good", client.chat("hi").text());
            List<DiscoveryProblem> problems = client.registry().problems();
            broken.forEach((jar, cause) -> assertEquals(
                    1,
                    problems.stream()
                            .filter(problem -> problem.jar().equals(jar.toString())
                                    && problem.toString().contains(cause))
                            .count(),
                    () -> jar + " " + cause + " in " + problems));
            assertEquals(broken.size(), problems.size(), problems::toString);
        }
        Duration shortest = firstAnswer();
        assertTrue(shortest.compareTo(Duration.ofSeconds(2)) < 0, "the start took " + shortest);
    }

    /** Measures the time from the start of a client to its first answer five times, and returns the shortest. */
    private Duration firstAnswer() {
        Duration best = Duration.ofDays(1);
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            try (LlmClient client = builder().build()) {
                client.chat("hi");
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                best = took.compareTo(best) < 0 ? took : best;
            }
        }
        return best;
    }

    @Test
    void build_twoPluginsWithOneName_usesNeitherAndNamesBoth() throws Exception {
        plugin(jars.provider("good"));
        Path one = plugin(jars.provider("one", "same", ""));
        Path two = plugin(jars.provider("two", "same", ""));
        try (LlmClient client = builder().build()) {
            DiscoveryProblem problem = client.registry().problems().get(0);
            assertTrue(problem.jar().contains(one.toString()) && problem.jar().contains(two.toString()), problem.jar());
        }
        LlmConfigException error = assertThrows(
                LlmConfigException.class,
                () -> builder().provider("x", block -> block.type("same")).build());
        assertTrue(error.getMessage().contains("one.jar"), error.getMessage());
    }

    /** A program adds its own folder to the one of the user. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void build_severalFolders_usesThePluginsOfAll(boolean user) throws Exception {
        plugin(jars.provider("good"));
        Path more = Files.createDirectories(folder.resolve("a, b"));
        Files.move(jars.provider("other"), more.resolve("other.jar"));
        String program = "llm.plugins.dir = ${?llm.plugins.dir}\"" + File.pathSeparator + plugins + File.pathSeparator
                + plugins + "/.\"";
        try (LlmClient client = LlmClient.builder()
                .text(user ? "llm.plugins.dir = \"" + more + "\"" : "", "user")
                .text(program, "program")
                .chain("default", "good")
                .build()) {
            assertEquals(List.of(), client.registry().problems());
            assertEquals(
                    user ? List.of("good", "other") : List.of("good"),
                    client.registry().names().stream().sorted().toList());
        }
    }

    /** Some class loaders do not encode a blank in the URL of a jar. */
    @Test
    void build_blankInTheUrlOfTheJar_providerIsUsed() throws Exception {
        Path jar = Files.move(
                jars.provider("good"),
                Files.createDirectories(folder.resolve("my apps")).resolve("good.jar"));
        URL url = new URL("file:" + jar);
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {url}, getClass().getClassLoader());
                LlmClient client = LlmClient.builder()
                        .classLoader(loader)
                        .provider("good", block -> block.type("good"))
                        .build()) {
            assertEquals("good", client.chat("hi").text());
        }
    }

    @Test
    void build_folderDoesNotExist_isAConfigurationFault() {
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> LlmClient.builder()
                .set("llm.plugins.dir", folder.resolve("nowhere").toString())
                .build());
        assertEquals("llm.plugins.dir", error.faults().get(0).path());
    }

    @Test
    void discover_newPlugins_areAddedWhileTheClientRuns() throws Exception {
        plugin(jars.provider("good"));
        try (LlmClient client = builder().build()) {
            Path more = Files.createDirectories(folder.resolve("more"));
            Files.move(jars.provider("other"), more.resolve("other.jar"));
            Files.move(jars.provider("again", "good", ""), more.resolve("again.jar"));
            assertEquals(List.of("other"), client.registry().discover(more));
            assertEquals(
                    "other",
                    client.chat(
                                    ChatRequest.of("hi"),
                                    CallOptions.builder().provider("other").build())
                            .text());
            assertEquals(1, client.registry().problems().size());
            assertTrue(client.registry().problems().get(0).jar().endsWith("again.jar"));
        }
    }

    @Test
    void close_client_releasesTheClassLoader() throws Exception {
        plugin(jars.write(
                "good",
                Map.of("Loaded", factory("Loaded", "good", "\"\" + System.identityHashCode(Loaded.class)")),
                "fake.Loaded"));
        LlmClient client = builder().build();
        WeakReference<ClassLoader> loader = loaderOf(client);
        assertNotSame(getClass().getClassLoader(), loader.get());
        client.close();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (loader.get() != null && System.nanoTime() - deadline < 0) {
            System.gc();
        }
        assertEquals(null, loader.get(), "the plug-in's loader is still reachable");
        assertThrows(IllegalStateException.class, () -> client.chat("hi"));
    }

    private static WeakReference<ClassLoader> loaderOf(LlmClient client) {
        return new WeakReference<>(
                client.registry().get("good").as(ClassLoader.class).orElseThrow());
    }
}
