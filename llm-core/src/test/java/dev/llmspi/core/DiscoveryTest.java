package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Provider jars that are made here, on a class path of their own: good ones, broken ones, and both together. */
class DiscoveryTest {

    private static final String SERVICE = "META-INF/services/dev.llmspi.api.spi.LlmProviderFactory";

    @TempDir
    Path folder;

    @Test
    void build_goodJarBesideBrokenOnes_worksAndReportsTheOthersByJar() throws Exception {
        Path good = jar("good", factory("Good", "\"good\"", ""), "fake.Good");
        Path throwing = jar(
                "throwing",
                factory("Throwing", "\"throwing\"", "throw new IllegalStateException(\"no luck\");"),
                "fake.Throwing");
        Path missing = jar("missing", Map.of(), "fake.Missing");
        Path garbled = jar("garbled", Map.of(), "this is no class name");
        try (LlmClient client = client(good, throwing, missing, garbled)) {
            assertEquals("good", client.chat("hi").text());
            List<DiscoveryProblem> problems = client.registry().problems();
            assertEquals(3, problems.size(), problems.toString());
            assertProblem(problems, throwing, "no luck");
            assertProblem(problems, missing, "fake.Missing");
            assertProblem(problems, garbled, "Illegal");
            ProviderStatus status = client.registry().providers().get(0);
            assertEquals(new ProviderStatus("good", "good", good.toString(), true, ""), status);
        }
    }

    @Test
    void build_twoJarsWithOneName_leavesBothOutAndNamesThem() throws Exception {
        Path good = jar("good", factory("Good", "\"good\"", ""), "fake.Good");
        Path one = jar("one", factory("One", "\"same\"", ""), "fake.One");
        Path two = jar("two", factory("Two", "\"same\"", ""), "fake.Two");
        try (LlmClient client = client(good, one, two)) {
            assertEquals(List.of("good"), client.registry().names());
            DiscoveryProblem problem = client.registry().problems().get(0);
            assertTrue(problem.jar().contains(one.toString()) && problem.jar().contains(two.toString()), problem.jar());
        }
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> LlmClient.builder()
                .classLoader(loader(one, two))
                .provider("x", p -> p.type("same"))
                .build());
        assertTrue(
                error.getMessage().contains("one.jar") && error.getMessage().contains("two.jar"), error.getMessage());
    }

    @Test
    void build_factoryFailsInCreate_isLeftOutAndTheRestWork() throws Exception {
        Path good = jar("good", factory("Good", "\"good\"", ""), "fake.Good");
        Path failing = jar("failing", Map.of("Failing", """
                package fake;
                import dev.llmspi.api.LlmProvider;
                import dev.llmspi.api.spi.*;
                public final class Failing implements LlmProviderFactory {
                    public String name() { return "failing"; }
                    public LlmProvider create(ProviderConfig config) { throw new NoClassDefFoundError("lib/Gone"); }
                }
                """), "fake.Failing");
        try (LlmClient client = client(good, failing)) {
            assertEquals("good", client.chat("hi").text());
            assertProblem(client.registry().problems(), failing, "lib/Gone");
            ProviderStatus status = client.registry().providers().stream()
                    .filter(provider -> provider.name().equals("failing"))
                    .findFirst()
                    .orElseThrow();
            assertFalse(status.usable());
        }
    }

    @Test
    void chat_modeWhoseProviderCannotBeUsed_isAnsweredByTheNextLink() throws Exception {
        Path good = jar("good", factory("Good", "\"good\"", ""), "fake.Good");
        Path keyless = jar("keyless", Map.of("Keyless", """
                package fake;
                import dev.llmspi.api.LlmProvider;
                import dev.llmspi.api.spi.*;
                public final class Keyless implements LlmProviderFactory {
                    public String name() { return "keyless"; }
                    public LlmProvider create(ProviderConfig config) { config.unusable("it has no key"); return null; }
                }
                """), "fake.Keyless");
        try (LlmClient client = LlmClient.builder()
                .classLoader(loader(good, keyless))
                .text(
                        "llm { modes { m { provider = keyless, model = x } }, chains { default = [keyless, good] },"
                                + " providers { good { }, keyless { } } }",
                        "my.conf")
                .build()) {
            CallOptions mode = CallOptions.builder().mode("m").build();
            assertEquals("good", client.chat(ChatRequest.of("hi"), mode).text());
            assertFalse(client.route(mode).links().get(0).usable());
        }
    }

    @Test
    void build_keyNobodyReads_isRefusedWithTheNearestKnown() throws Exception {
        Path good = jar("good", factory("Good", "\"good\"", ""), "fake.Good");
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> LlmClient.builder()
                .classLoader(loader(good))
                .text("llm { providers.good { greetin = x, retry.max-retires = 1 } }", "my.conf")
                .build());
        assertEquals(2, error.faults().size(), error.getMessage());
        assertTrue(error.getMessage().contains("did you mean \"greeting\"?"), error.getMessage());
        assertTrue(error.getMessage().contains("my.conf: 1"), error.getMessage());
    }

    @Test
    void create_registryAlone_listsProvidersWithoutAUsableChain() throws Exception {
        try (LlmProviderRegistry registry =
                LlmProviderRegistry.create(LlmSettings.builder().build())) {
            assertEquals(List.of(), registry.providers());
            assertThrows(LlmConfigException.class, registry::get);
            assertThrows(LlmConfigException.class, () -> registry.get("openrouter"));
        }
    }

    private static void assertProblem(List<DiscoveryProblem> problems, Path jar, String cause) {
        assertTrue(
                problems.stream()
                        .anyMatch(problem -> problem.jar().equals(jar.toString())
                                && problem.cause().contains(cause)),
                problems.toString());
    }

    private LlmClient client(Path... jars) throws IOException {
        return LlmClient.builder()
                .classLoader(loader(jars))
                .chain("default", "good")
                .build();
    }

    private static ClassLoader loader(Path... jars) throws IOException {
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = jars[i].toUri().toURL();
        }
        return new URLClassLoader(urls, DiscoveryTest.class.getClassLoader());
    }

    private static Map<String, String> factory(String className, String name, String inConstructor) {
        return Map.of(className, """
                package fake;
                import dev.llmspi.api.*;
                import dev.llmspi.api.spi.*;
                public final class %s implements LlmProviderFactory {
                    public %s() { if (name() != null) { %s } }
                    public String name() { return %s; }
                    public LlmProvider create(ProviderConfig config) {
                        String greeting = config.string("greeting", name());
                        return new LlmProvider() {
                            public String name() { return config.name(); }
                            public ChatResponse chat(ChatRequest request, CallContext context) {
                                return ChatResponse.builder(AssistantMessage.of(greeting)).provider(name()).build();
                            }
                        };
                    }
                }
                """.formatted(className, className, inConstructor, name));
    }

    private Path jar(String name, Map<String, String> sources, String service) throws IOException {
        Path classes = Files.createDirectories(folder.resolve(name));
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = Files.writeString(classes.resolve(source.getKey() + ".java"), source.getValue());
            ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
            Path api = Path.of(URI.create(LlmProvider.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toString()));
            int result = compiler.run(
                    System.out,
                    System.err,
                    "-d",
                    classes.toString(),
                    "-cp",
                    api.toString(),
                    "-proc:none",
                    file.toString());
            assertEquals(0, result, "the source of " + name + " must compile");
        }
        Path jar = folder.resolve(name + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                var files = Files.walk(classes)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                out.write(Files.readAllBytes(file));
            }
            out.putNextEntry(new JarEntry(SERVICE));
            out.write((service + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }
}
