package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Adds jars to the folder providers/ or removes them, and checks what {@code llm providers} reports. */
class ProvidersIT {

    @TempDir
    Path folder;

    private Path home() throws IOException {
        // The folder name contains a space and a non-ASCII letter, as users' folders often do.
        return Program.copyTo(folder.resolve("my pr\u00f6gram"));
    }

    private static void delete(Path home, String start) throws IOException {
        try (Stream<Path> jars = Files.list(home.resolve("providers"))) {
            for (Path jar : jars.filter(path -> path.getFileName().toString().startsWith(start))
                    .toList()) {
                Files.delete(jar);
            }
        }
    }

    @Test
    void packaged_listsAllProvidersWithTheirJars() throws Exception {
        Result result =
                new Program(Program.PACKAGED).with("PORTKEY_API_KEY", "key").run("providers", "--json");
        assertEquals(0, result.status(), result.err());
        assertTrue(
                result.out()
                        .matches("\\{\"providers\":\\["
                                + "\\{\"name\":\"openai\",\"type\":\"openai\","
                                + "\"jar\":\"[^\"]*llm-provider-openai-[^\"]+\\.jar\",\"usable\":false,"
                                + "\"reason\":\"[^\"]*llm.providers.openai.api-key[^\"]*\"},"
                                + "\\{\"name\":\"openrouter\",\"type\":\"openrouter\","
                                + "\"jar\":\"[^\"]*llm-provider-openrouter-[^\"]+\\.jar\",\"usable\":false,"
                                + "\"reason\":\"[^\"]*OPENROUTER_API_KEY[^\"]*\"},"
                                + "\\{\"name\":\"portkey\",\"type\":\"portkey\","
                                + "\"jar\":\"[^\"]*llm-provider-portkey-[^\"]+\\.jar\",\"usable\":true,"
                                + "\"reason\":\"[^\"]*PORTKEY_DEFAULT_MODEL[^\"]*\"}],"
                                + "\"problems\":\\[]}\n"),
                result.out());
    }

    @Test
    void jarRemoved_removesTheProvider() throws Exception {
        Path home = home();
        delete(home, "llm-provider-portkey");
        Result result = new Program(home).with("OPENROUTER_API_KEY", "key").run("providers", "--json");
        assertEquals(0, result.status(), result.err());
        assertTrue(result.out().contains("\"openrouter\""), result.out());
        assertFalse(result.out().contains("portkey"), result.out());
    }

    @Test
    void noJars_isReported() throws Exception {
        Path home = home();
        delete(home, "");
        checkNothingThere(home);
        Files.delete(home.resolve("providers"));
        checkNothingThere(home);
    }

    private static void checkNothingThere(Path home) throws Exception {
        Result list = new Program(home).run("providers");
        assertEquals(0, list.status(), list.err());
        assertTrue(list.out().contains("No provider found"), list.out());
        Result chat = new Program(home).run("chat", "hello");
        assertEquals(2, chat.status(), chat.err());
        Result demo = new Program(home).run("demo");
        assertEquals(2, demo.status(), demo.err());
        assertTrue(demo.err().contains("llm-provider-openrouter"), demo.err());
    }

    @Test
    void jarAdded_isFoundAndUsed() throws Exception {
        Path home = home();
        new ProviderJar("acme", folder).factory("acme", "").packInto(home, "");
        Path config = Files.writeString(
                folder.resolve("llm.conf"),
                "llm { providers { mine { type = acme, default-model = m } }, chains { default = [mine] } }");
        Result result = new Program(home).run("chat", "--config", config.toString(), "hello");
        assertEquals(new Result(0, "dropped in\n", ""), result);
    }

    @Test
    void brokenJars_areReportedAndOthersWork() throws Exception {
        Path home = home();
        new ProviderJar("throwing", folder)
                .factory("throwing", "throw new IllegalStateException(\"no luck\");")
                .packInto(home, "");
        new ProviderJar("incomplete", folder)
                .type("Needed")
                .factory("incomplete", "Needed.touch();")
                .packInto(home, "Needed");
        new ProviderJar("hollow", folder).factory("hollow", "").packInto(home, "Factory");
        try (FakeServer server = new FakeServer()) {
            server.answer("still here");
            Result list = openRouter(home, server).run("providers", "--json");
            assertEquals(0, list.status(), list.err());
            String problems = list.out().replaceFirst(".*\"problems\":", "");
            assertTrue(problems.contains("throwing.jar") && problems.contains("no luck"), list.out());
            assertTrue(problems.contains("incomplete.jar") && problems.contains("incomplete.Needed"), list.out());
            assertTrue(problems.contains("hollow.Factory"), list.out());
            Result chat = openRouter(home, server).run("chat", "hello");
            assertEquals("still here\n", chat.out(), chat.err());
        }
    }

    @Test
    void sameTypeInTwoJars_bothAreReportedAndLeftOut() throws Exception {
        Path home = home();
        new ProviderJar("twin.one", folder).factory("twin", "").packInto(home, "");
        new ProviderJar("twin.two", folder).factory("twin", "").packInto(home, "");
        Result list = new Program(home).run("providers", "--json");
        assertEquals(0, list.status(), list.err());
        String problems = list.out().replaceFirst(".*\"problems\":", "");
        assertTrue(problems.contains("twin.one.jar") && problems.contains("twin.two.jar"), list.out());
        assertFalse(list.out().contains("\"name\":\"twin\""), list.out());
    }

    /** On the module path, each of these jars would stop the JVM before any code of the program runs. */
    @ParameterizedTest
    @EnumSource
    void jarThatStopsAModulePath_isOneLineAndTheOthersWork(Unloadable kind) throws Exception {
        Path home = home();
        kind.put(home, folder);
        try (FakeServer server = new FakeServer()) {
            server.answer("still here");
            Result chat = openRouter(home, server).run("chat", "hello");
            assertEquals("still here\n", chat.out(), chat.err());
            assertEquals(0, chat.status());
            List<String> lines = chat.err().lines().toList();
            assertEquals(1, lines.size(), chat.err());
            assertTrue(lines.get(0).startsWith("llm: warning: not usable: "), chat.err());
            assertTrue(lines.get(0).contains("broken.jar"), chat.err());
            assertTrue(lines.get(0).contains(kind.cause), chat.err());
        }
        Result list = new Program(home).run("providers");
        assertEquals(0, list.status(), list.err());
        assertTrue(list.out().contains("broken.jar"), list.out());
    }

    /** A jar with the name {@code broken.jar} in the folder providers/. */
    private enum Unloadable {
        EMPTY_FILE("zip") {
            @Override
            void put(Path home, Path scratch) throws IOException {
                Files.createFile(broken(home));
            }
        },
        CUT_OFF("zip") {
            @Override
            void put(Path home, Path scratch) throws IOException {
                byte[] whole = Files.readAllBytes(only(home.resolve("providers"), "llm-provider-openai"));
                Files.write(broken(home), Arrays.copyOf(whole, whole.length / 2));
            }
        },
        SAME_MODULE_TWICE("openai") {
            @Override
            void put(Path home, Path scratch) throws IOException {
                Files.copy(only(home.resolve("providers"), "llm-provider-openai"), broken(home));
            }
        },
        LIBRARY("offers no provider") {
            @Override
            void put(Path home, Path scratch) throws IOException {
                Files.copy(only(home.resolve("lib"), "okio"), broken(home));
            }
        },
        MISSING_MODULE("needed") {
            @Override
            void put(Path home, Path scratch) throws IOException {
                Path needed = home.resolve("lib/needed.jar");
                new ProviderJar("needed", scratch).factory("needed", "").packInto(home, "");
                Files.move(home.resolve("providers/needed.jar"), needed);
                new ProviderJar("broken", scratch, "needed")
                        .factory("broken", "")
                        .packInto(home, "");
                Files.delete(needed);
            }
        },
        PACKAGE_OF_ANOTHER_MODULE("dev.llmspi.api") {
            @Override
            void put(Path home, Path scratch) throws IOException {
                new ProviderJar("broken", scratch)
                        .factory("broken", "")
                        .foreignPackage("dev.llmspi.api")
                        .packInto(home, "");
            }
        };

        final String cause;

        Unloadable(String cause) {
            this.cause = cause;
        }

        abstract void put(Path home, Path scratch) throws IOException;

        static Path broken(Path home) {
            return home.resolve("providers/broken.jar");
        }

        static Path only(Path place, String start) throws IOException {
            try (Stream<Path> jars = Files.list(place)) {
                return jars.filter(jar -> jar.getFileName().toString().startsWith(start))
                        .findFirst()
                        .orElseThrow();
            }
        }
    }

    @Test
    void ownPluginFolder_isUsedBesideTheProgramsOwn() throws Exception {
        Path home = home();
        new ProviderJar("acme", folder).factory("acme", "").packInto(home, "");
        Path own = Files.createDirectories(folder.resolve("own"));
        Files.move(home.resolve("providers/acme.jar"), own.resolve("acme.jar"));
        Path config = Files.writeString(folder.resolve("llm.conf"), "llm.plugins.dir = \"" + own + "\"");
        Result list = new Program(home).run("providers", "--json", "--config", config.toString());
        assertEquals(0, list.status(), list.err());
        assertTrue(list.out().contains("\"acme\"") && list.out().contains("\"openrouter\""), list.out());
    }

    private static Program openRouter(Path home, FakeServer server) {
        return new Program(home)
                .with("OPENROUTER_API_KEY", "key")
                .with("OPENROUTER_BASE_URL", server.address() + "/api/v1")
                .with("OPENROUTER_DEFAULT_MODEL", "vendor/model");
    }
}
