package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Runs {@code llm models}, {@code llm account} and {@code llm route} as processes. */
class CatalogIT {

    private static final String MODELS = "{\"data\":["
            + "{\"id\":\"vendor/cheap\",\"name\":\"Cheap\",\"context_length\":32768,"
            + "\"pricing\":{\"prompt\":\"0.0000001\",\"completion\":\"0.0000004\"}},"
            + "{\"id\":\"vendor/dear-with-a-name-that-goes-on-and-on-and-on\",\"name\":\"Dear\","
            + "\"context_length\":1000000,"
            + "\"pricing\":{\"prompt\":\"0.000015\",\"completion\":\"0.000075\"}}]}";

    @AutoClose
    private final FakeServer server = new FakeServer();

    @Test
    void models_tableFitsTheWidth() throws Exception {
        server.reply("/api/v1/models", 200, MODELS);
        Result result = Program.against(server).with("COLUMNS", "60").run("models");
        assertEquals(0, result.status(), result.err());
        assertTrue(result.out().lines().allMatch(line -> line.length() <= 60), result.out());
        assertTrue(result.out().contains("32,768"), result.out());
        assertTrue(result.out().contains("0.10") && result.out().contains("75.00"), result.out());
    }

    @Test
    void models_searchWithJson_printsMatchingModels() throws Exception {
        server.reply("/api/v1/models", 200, MODELS);
        Result result =
                Program.against(server).run("models", "--json", "--search", "CHEAP", "--provider", "openrouter");
        assertEquals(
                new Result(
                        0,
                        "{\"models\":[{\"provider\":\"openrouter\",\"id\":\"vendor/cheap\",\"name\":\"Cheap\","
                                + "\"contextLength\":32768,\"maxOutputTokens\":null,\"inputPrice\":0.0000001,"
                                + "\"outputPrice\":0.0000004}],\"problems\":[]}\n",
                        ""),
                result);
    }

    @Test
    void models_outputClosed_printsNoError() throws Exception {
        server.reply("/api/v1/models", 200, MODELS);
        Result result = Program.against(server).shell("\"$LLM\" models | head -n 1");
        assertEquals("", result.err());
        assertTrue(result.out().startsWith("MODEL"), result.out());
    }

    @Test
    void account_showsRemainingCredit() throws Exception {
        String key = "{\"data\":{\"label\":\"sk-or-v1-abc...123\",\"limit\":10,\"limit_remaining\":7.5,\"usage\":2.5,"
                + "\"limit_reset\":\"monthly\",\"is_free_tier\":false}}";
        server.reply("/api/v1/key", 200, key).reply("/api/v1/key", 200, key);
        Result table = Program.against(server).run("account");
        assertEquals(0, table.status(), table.err());
        assertTrue(table.out().contains("7.5") && table.out().contains("monthly"), table.out());
        Result json = Program.against(server).run("account", "--json");
        assertTrue(json.out().contains("\"remaining\":7.5,\"used\":2.5"), json.out());
    }

    @Test
    void account_rejectedKey_exitsWithOne() throws Exception {
        server.reply("/api/v1/key", 401, "{\"error\":{\"code\":401,\"message\":\"no such key\"}}");
        Result result = Program.against(server).run("account", "--json");
        assertEquals(1, result.status(), result.err());
        assertTrue(result.out().contains("\"kind\":\"Authentication\""), result.out());
        assertFalse(result.out().contains("canary"), result.out());
    }

    @Test
    void route_showsLinksAndModelsWithoutSendingARequest() throws Exception {
        Result table = Program.against(server).run("route", "--agent", "writer");
        assertEquals(0, table.status(), table.err());
        assertTrue(table.out().contains("openrouter") && table.out().contains("vendor/model"), table.out());
        Result json = Program.against(server).run("route", "--json", "--model", "other/one");
        assertTrue(
                json.out()
                        .startsWith("{\"chain\":\"default\",\"links\":[{\"provider\":\"openrouter\","
                                + "\"type\":\"openrouter\","
                                + "\"model\":\"other/one\","),
                json.out());
        assertEquals(0, server.bodies().size());
    }

    @Test
    void noProvider_exitsWithTwo() throws Exception {
        for (String command : new String[] {"models", "account", "route"}) {
            Result result = new Program(Program.PACKAGED).run(command);
            assertEquals(2, result.status(), command + ": " + result.err());
            assertTrue(result.err().contains("OPENROUTER_API_KEY"), result.err());
        }
    }
}
