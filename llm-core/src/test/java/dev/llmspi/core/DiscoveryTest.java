package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the discovery of providers on a class path with good and broken jars, which the tests create. */
class DiscoveryTest {

    @TempDir
    Path folder;

    private FactoryJars jars;

    @BeforeEach
    void prepare() {
        jars = new FactoryJars(folder);
    }

    @Test
    @Tag("fault-9.1")
    void build_goodJarBesideBrokenOnes_worksAndReportsTheBrokenOnes() throws Exception {
        Path good = jars.provider("good");
        Path throwing = jars.provider("throwing", "throwing", "throw new IllegalStateException(\"no luck\");");
        Path asserting = jars.provider("asserting", "asserting", "throw new AssertionError(\"never\");");
        Path endless = jars.provider("endless", "endless", "throw new StackOverflowError(\"too deep\");");
        Path missing = jars.write("missing", Map.of(), "fake.Missing");
        Path stranger = jars.write(
                "stranger",
                Map.of("Stranger", "package fake; public final class Stranger { public Stranger() {} }"),
                "fake.Stranger");
        Path garbled = jars.write("garbled", Map.of(), "this is no class name");
        try (LlmClient client = client(throwing, asserting, good, endless, missing, stranger, garbled)) {
            assertEquals("good", client.chat("hi").text());
            List<DiscoveryProblem> problems = client.registry().problems();
            assertEquals(6, problems.size(), problems.toString());
            assertProblem(problems, throwing, "no luck");
            assertProblem(problems, asserting, "never");
            assertProblem(problems, endless, "too deep");
            assertProblem(problems, missing, "fake.Missing");
            assertProblem(problems, stranger, "not a subtype");
            assertProblem(problems, garbled, "Illegal");
            ProviderStatus status = client.registry().providers().get(0);
            assertEquals(new ProviderStatus("good", "good", good.toString(), true, ""), status);
        }
    }

    @Test
    @Tag("fault-9.1")
    void build_factoryOutOfMemory_isRethrown() throws Exception {
        Path dying = jars.provider("dying", "dying", "throw new OutOfMemoryError(\"no room\");");
        assertThrows(OutOfMemoryError.class, () -> client(dying));
    }

    @Test
    @Tag("fault-9.2")
    void build_twoJarsWithOneName_usesNeitherAndNamesBoth() throws Exception {
        Path good = jars.provider("good");
        Path one = jars.provider("one", "same", "");
        Path two = jars.provider("two", "same", "");
        for (Path[] order : new Path[][] {{good, one, two}, {two, good, one}}) {
            try (LlmClient client = client(order)) {
                assertEquals(List.of("good"), client.registry().names());
                assertEquals(1, client.registry().problems().size());
                String both = client.registry().problems().get(0).jar();
                assertTrue(both.contains(one.toString()) && both.contains(two.toString()), both);
            }
        }
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> LlmClient.builder()
                .classLoader(jars.loader(one, two))
                .provider("x", p -> p.type("same"))
                .build());
        assertTrue(
                error.getMessage().contains("one.jar") && error.getMessage().contains("two.jar"), error.getMessage());
    }

    @ParameterizedTest
    @Tag("fault-9.1")
    @CsvSource({
        "create, NoClassDefFoundError", "create, IllegalStateException", "create, AssertionError",
        "initialize, NoClassDefFoundError", "initialize, IllegalStateException", "initialize, StackOverflowError"
    })
    void build_providerFailsToStart_isLeftOutAndTheOthersWork(String method, String error) throws Exception {
        Path good = jars.provider("good");
        String fails = "throw new " + error + "(\"lib/Gone\");";
        Path failing = jars.write(
                "failing",
                Map.of("Failing", """
                package fake;
                import dev.llmspi.api.*;
                import dev.llmspi.api.spi.*;
                public final class Failing implements LlmProviderFactory {
                    public String name() { return "failing"; }
                    public LlmProvider create(ProviderConfig config) {
                        if (name() != null) { %s }
                        return new LlmProvider() {
                            public String name() { return "failing"; }
                            public void initialize() { %s }
                            public ChatResponse chat(ChatRequest request, CallContext context) { return null; }
                        };
                    }
                }
                """.formatted(method.equals("create") ? fails : "", fails)),
                "fake.Failing");
        try (LlmClient client = client(failing, good)) {
            assertEquals("good", client.chat("hi").text());
            assertEquals(1, client.registry().problems().size());
            assertProblem(client.registry().problems(), failing, error + ": lib/Gone");
            ProviderStatus status = client.registry().providers().stream()
                    .filter(provider -> provider.name().equals("failing"))
                    .findFirst()
                    .orElseThrow();
            assertFalse(status.usable());
        }
    }

    @Test
    void chat_providerOfTheModeIsUnusable_nextLinkAnswers() throws Exception {
        Path good = jars.provider("good");
        Path keyless = keyless();
        try (LlmClient client = LlmClient.builder()
                .classLoader(jars.loader(good, keyless))
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
    void build_unknownKey_isRefusedWithTheNearestKnown() throws Exception {
        Path good = jars.provider("good");
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> LlmClient.builder()
                .classLoader(jars.loader(good))
                .text("llm { providers.good { greetin = x, retry.max-retires = 1 } }", "my.conf")
                .build());
        assertEquals(2, error.faults().size(), error.getMessage());
        assertTrue(error.getMessage().contains("did you mean \"greeting\"?"), error.getMessage());
        assertTrue(error.getMessage().contains("my.conf: 1"), error.getMessage());
    }

    @Test
    void create_noProviderFound_registryIsEmpty() throws Exception {
        try (LlmProviderRegistry registry =
                LlmProviderRegistry.create(LlmSettings.builder().build())) {
            assertEquals(List.of(), registry.providers());
            assertThrows(LlmConfigException.class, registry::get);
            assertThrows(LlmConfigException.class, () -> registry.get("openrouter"));
        }
    }

    /** Creates the jar of a provider that reports itself as unusable. */
    private Path keyless() throws IOException {
        return jars.write("keyless", Map.of("Keyless", """
                package fake;
                import dev.llmspi.api.LlmProvider;
                import dev.llmspi.api.spi.*;
                public final class Keyless implements LlmProviderFactory {
                    public String name() { return "keyless"; }
                    public LlmProvider create(ProviderConfig config) { config.unusable("it has no key"); return null; }
                }
                """), "fake.Keyless");
    }

    @Test
    void build_chainHasOnlyUnusableProviders_isRefusedWithTheReason() throws Exception {
        String blocks = "llm { chains { default = [good], alone = [keyless] }, providers { good { }, keyless { } } }";
        Path good = jars.provider("good");
        Path keyless = keyless();
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> LlmClient.builder()
                .classLoader(jars.loader(good, keyless))
                .text(blocks, "my.conf")
                .build());
        assertEquals("llm.chains.alone", error.faults().get(0).path());
        assertTrue(error.getMessage().contains("no usable provider: keyless it has no key"), error.getMessage());
    }

    @Test
    void chat_providerIsUnusable_isRefusedWithTheReason() throws Exception {
        try (LlmClient client = client(jars.provider("good"), keyless())) {
            CallOptions alone = CallOptions.builder().provider("keyless").build();
            LlmConfigException error =
                    assertThrows(LlmConfigException.class, () -> client.chat(ChatRequest.of("hi"), alone));
            assertTrue(
                    error.getMessage().contains("provider \"keyless\" cannot be used: it has no key"),
                    error.getMessage());
        }
    }

    private static void assertProblem(List<DiscoveryProblem> problems, Path jar, String cause) {
        assertTrue(
                problems.stream()
                        .anyMatch(problem -> problem.jar().equals(jar.toString())
                                && problem.cause().contains(cause)),
                problems.toString());
    }

    private LlmClient client(Path... path) throws IOException {
        return LlmClient.builder()
                .classLoader(jars.loader(path))
                .chain("default", "good")
                .build();
    }
}
