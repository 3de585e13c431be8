package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the program with settings files, and the commands {@code llm config init}, {@code check} and {@code path}. */
class ConfigIT {

    @TempDir
    Path folder;

    @AutoClose
    private final FakeServer server = new FakeServer();

    private Program program() {
        return new Program(Program.PACKAGED).without("XDG_CONFIG_HOME").with("HOME", folder.toString());
    }

    private Path file() {
        return folder.resolve(".config/llm/llm.conf");
    }

    private void write(String text) throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), text);
    }

    /** The one line that a local Ollama needs. */
    private String local() {
        return "llm.providers.local { type = openai, base-url = \"" + server.address()
                + "/v1\", default-model = \"qwen3:8b\" }";
    }

    private void answers(String text) {
        server.reply("/v1/chat/completions", 200, FakeServer.completion(text));
    }

    @Test
    void defaultFile_isReadUnlessAnotherIsNamed() throws Exception {
        write(local());
        answers("from here");
        Result result = program().run("chat", "hello");
        assertEquals(new Result(0, "from here\n", ""), result);
        assertTrue(server.bodies().get(0).contains("\"model\":\"qwen3:8b\""));
        Path other = Files.writeString(folder.resolve("other.conf"), "llm.chains.default = [nothing]");
        Result named = program().run("chat", "--config", other.toString(), "hello");
        assertEquals(2, named.status());
        assertTrue(named.err().contains("other.conf"), named.err());
        Result none = program().run("chat", "--config", "/dev/null", "hello");
        assertTrue(none.err().contains("OPENROUTER_API_KEY"), none.err());
    }

    @Test
    void defaultFile_xdgConfigHome_isHonoured() throws Exception {
        Path xdg = folder.resolve("my config");
        Program program = program().with("XDG_CONFIG_HOME", xdg.toString());
        assertEquals(
                xdg.resolve("llm/llm.conf") + "\n",
                program.run("config", "path").out());
        assertEquals(
                file() + "\n",
                program()
                        .with("XDG_CONFIG_HOME", "relative")
                        .run("config", "path")
                        .out());
    }

    @Test
    void defaultFile_wrong_isReportedWithItsPath() throws Exception {
        write("llm.retry.max-retrys = 3");
        Result result = program().run("chat", "hello");
        assertEquals(2, result.status());
        assertTrue(result.err().contains(file() + ": 1"), result.err());
    }

    @Test
    void local_withVariablesOnly_needsNoFile() throws Exception {
        answers("from here");
        Result result = program()
                .with("OPENAI_BASE_URL", server.address() + "/v1")
                .with("PREFERRED_LLM_PROVIDER", "openai")
                .run("chat", "--model", "qwen3:8b", "hello");
        assertEquals(new Result(0, "from here\n", ""), result);
    }

    @Test
    void include_fromABareFileName_isRead() throws Exception {
        Files.writeString(folder.resolve("llm.conf"), "include \"other\"\ninclude \"keys.conf\"\n");
        Files.writeString(folder.resolve("other.conf"), local());
        Files.writeString(folder.resolve("keys.conf"), "llm.providers.local.default-model = other-model");
        answers("from here");
        Result result = program().in(folder).run("chat", "--config", "llm.conf", "hello");
        assertEquals(new Result(0, "from here\n", ""), result);
        assertTrue(server.bodies().get(0).contains("\"model\":\"other-model\""));
        Files.writeString(folder.resolve("llm.conf"), "include required(\"nothing\")");
        Result missing = program().in(folder).run("config", "check", "--config", "llm.conf");
        assertEquals(2, missing.status());
        assertTrue(missing.err().contains("includes a file that cannot be read"), missing.err());
    }

    @Test
    void chain_linkWithoutBlock_takesItsVariablesOrIsAnError() throws Exception {
        write(local() + "\nllm.chains.default = [openrouter, local]");
        answers("from local");
        Result missing = program().run("chat", "hello");
        assertEquals(2, missing.status(), missing.out());
        assertTrue(missing.err().contains("set OPENROUTER_API_KEY"), missing.err());
        server.answer("from openrouter");
        Result result = program()
                .with("OPENROUTER_API_KEY", "key")
                .with("OPENROUTER_BASE_URL", server.address() + "/api/v1")
                .run("chat", "hello");
        assertEquals("from openrouter\n", result.out(), result.err());
    }

    @Test
    void faults_ofSettingsAndBlocks_areReportedAtOnceByEveryCommand() throws Exception {
        write("llm { retry.max-retrys = 3, providers.openrouter { api-key = k, titel = x } }");
        for (String[] command :
                new String[][] {{"chat", "hi"}, {"providers"}, {"route"}, {"models"}, {"account"}, {"config", "check"}
                }) {
            Result result = program().run(command);
            assertEquals(2, result.status(), result.err());
            assertTrue(result.err().contains("\"max-retries\""), result.err());
            assertTrue(result.err().contains("\"title\""), result.err());
        }
    }

    @Test
    void keyFile_missing_isNamedBeforeTheCall() throws Exception {
        write("llm.providers.openrouter.api-key = { file = \"/no/such/key\" }");
        Result result = program().run("route");
        assertEquals(0, result.status(), result.err());
        assertTrue(result.err().startsWith("llm: warning: llm.providers.openrouter.api-key"), result.err());
        assertTrue(result.err().contains("the key file /no/such/key does not exist"), result.err());
    }

    @Test
    void init_createsAFileThatChangesNothing_andThatIsValidWhenEnabled() throws Exception {
        Result path = program().run("config", "path");
        assertEquals(0, path.status());
        assertEquals(file() + "\n", path.out());
        assertTrue(path.err().contains("llm config init"), path.err());
        Result init = program().run("config", "init");
        assertEquals(0, init.status(), init.err());
        assertTrue(init.out().contains(file().toString()), init.out());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        assertEquals("", program().run("config", "path").err());

        Program keys = program().with("OPENROUTER_API_KEY", "or").with("PORTKEY_API_KEY", "pk");
        Result unchanged = keys.with("PORTKEY_DEFAULT_MODEL", "m").run("config", "check");
        assertEquals(0, unchanged.status(), unchanged.err());
        assertTrue(unchanged.out().startsWith(file() + ": no faults\n"), unchanged.out());
        assertTrue(unchanged.out().contains("openrouter (openrouter/auto)"), unchanged.out());

        String template = Files.readString(file());
        Files.writeString(file(), template.replaceAll("(?m)^(\\s*)#(?=\\S)", "$1"));
        Result all = keys.with("OPENAI_API_KEY", "o").run("config", "check");
        assertEquals(0, all.status(), all.err());
        assertTrue(all.out().contains("local (qwen3:8b)"), all.out());
        assertFalse(all.out().contains("skipped"), all.out());

        Result again = program().run("config", "init");
        assertEquals(2, again.status());
        assertTrue(again.err().contains("exists already"), again.err());
    }

    @Test
    void check_isJsonIfAsked_andNamesSkippedLinks() throws Exception {
        write(local() + "\nllm.providers.openrouter {}\nllm.chains.default = [openrouter, local]");
        Result text = program().run("config", "check");
        assertEquals(0, text.status(), text.err());
        assertTrue(text.out().contains("openrouter, skipped: needs an API key"), text.out());
        Result json = program().run("config", "check", "--json");
        assertTrue(json.out().startsWith("{\"outcome\":\"success\",\"file\":\"" + file() + "\""), json.out());
        assertEquals(1, json.out().lines().count());
    }

    @Test
    void config_withoutCommand_isAUsageErrorWithHelp() throws Exception {
        Result result = program().run("config");
        assertEquals(2, result.status());
        assertTrue(result.err().contains("init") && result.err().contains("check"), result.err());
        assertEquals(0, program().run("config", "--help").status());
        assertEquals(2, program().run("config", "chekc").status());
    }
}
