package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code llm chat --stream} as a process, and tests the options that change the request. */
class StreamIT {

    private static final String TEXT = FakeServer.delta("\"content\":\"Gr\u00fc\u00dfe \"");
    private static final String MORE = FakeServer.delta("\"content\":\"\ud83d\ude00\"");
    private static final String THOUGHT = FakeServer.delta("\"reasoning\":\"hm\"");

    @AutoClose
    private final FakeServer server = new FakeServer();

    @Test
    void stream_printsOnlyTextToStandardOutput() throws Exception {
        server.stream(THOUGHT, TEXT, MORE, FakeServer.finish("stop"), "[DONE]");
        Result result = Program.against(server).run("chat", "--stream", "hello");
        assertEquals(new Result(0, "Gr\u00fc\u00dfe \ud83d\ude00\n", "hm\n"), result);
        assertTrue(
                server.bodies().get(0).contains("\"stream\":true"),
                server.bodies().toString());
    }

    @Test
    void stream_json_printsOneLinePerEventAndTheCallLast() throws Exception {
        String call = "\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"weather\","
                + "\"arguments\":\"{\\\"a\\\":1}\"}}]";
        server.stream(THOUGHT, TEXT, FakeServer.delta(call), FakeServer.finish("tool_calls"), "[DONE]");
        Result result = Program.against(server).run("chat", "--stream", "--json", "hello");
        assertEquals(0, result.status(), result.err());
        assertEquals("", result.err());
        assertTrue(result.out().matches("(\\{[ -~]+\\}\n)+"), result.out());
        List<String> lines = result.out().lines().toList();
        assertEquals("{\"event\":\"reasoning\",\"text\":\"hm\"}", lines.get(0));
        assertEquals("{\"event\":\"text\",\"text\":\"Gr\\u00fc\\u00dfe \"}", lines.get(1));
        assertTrue(lines.get(2).startsWith("{\"event\":\"tool_call_delta\",\"index\":0,\"id\":\"c1\","), result.out());
        for (String event : new String[] {"tool_call", "usage", "finish"}) {
            assertTrue(lines.stream().anyMatch(line -> line.startsWith("{\"event\":\"" + event + "\",")), event);
        }
        String last = lines.get(lines.size() - 1);
        assertTrue(last.startsWith("{\"outcome\":\"success\",\"callId\":\""), last);
        assertTrue(last.contains("\"finishReason\":\"tool_calls\""), last);
        assertTrue(last.contains("\"cost\":0.00002"), last);
        assertTrue(
                last.matches(".*\"toolCalls\":\\[\\{\"id\":\"c1\",\"name\":\"weather\","
                        + "\"arguments\":\"\\{\\\\\"a\\\\\":1}\"}],"
                        + "\"timeToFirstTokenMs\":\\d+}"),
                last);
    }

    @Test
    void brokenStream_printsPartialTextThenError_withoutRetry() throws Exception {
        Result result = Program.against(server.cutStream(TEXT)).run("chat", "--stream", "hello");
        assertEquals(1, result.status(), result.err());
        assertEquals("Gr\u00fc\u00dfe \n", result.out());
        assertTrue(result.err().startsWith("llm: Connection: "), result.err());
        assertTrue(result.err().contains("x Connection, connection lost"), result.err());
        assertEquals(1, server.bodies().size());
    }

    @Test
    void brokenStream_json_containsPartialTextAndAttempts() throws Exception {
        Result result = Program.against(server.stream(TEXT)).run("chat", "--stream", "--json", "hello");
        assertEquals(1, result.status(), result.err());
        List<String> lines = result.out().lines().toList();
        assertEquals(2, lines.size(), result.out());
        String last = lines.get(1);
        assertTrue(last.startsWith("{\"outcome\":\"error\","), last);
        assertTrue(last.contains("\"kind\":\"Service\",\"reason\":\"TRUNCATED\""), last);
        assertTrue(last.contains("\"partialText\":\"Gr\\u00fc\\u00dfe \""), last);
        assertEquals(1, last.split("\"outcome\":\"error\",\"sent\":true").length - 1, last);
    }

    @Test
    void failureBeforeFirstToken_isRetried() throws Exception {
        String role = FakeServer.delta("\"role\":\"assistant\",\"content\":\"\"");
        server.error(503, "busy").cutStream(role).stream(role, TEXT, FakeServer.finish("stop"), "[DONE]");
        Result result = Program.against(server).run("chat", "--stream", "hello");
        assertEquals("Gr\u00fc\u00dfe \n", result.out(), result.err());
        assertEquals(0, result.status(), result.err());
        assertEquals(3, server.bodies().size());
    }

    @Test
    void imageSchemaAndReasoning_areSent(@TempDir Path folder) throws Exception {
        byte[] bytes = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 1};
        Path image = Files.write(folder.resolve("picture"), bytes);
        Path schema = Files.writeString(folder.resolve("answer.schema.json"), "{\"type\":\"object\"}");
        Result result = Program.against(server.answer("{}"))
                .run("chat", "--image", image.toString(), "--schema", schema.toString(), "--reasoning=high", "look");
        assertEquals(new Result(0, "{}\n", ""), result);
        String body = server.bodies().get(0);
        String uri = "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes);
        assertTrue(body.contains("{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + uri + "\"}}"), body);
        assertTrue(body.contains("\"type\":\"json_schema\""), body);
        assertTrue(body.contains("\"name\":\"answer\"") && body.contains("\"schema\":{\"type\":\"object\"}"), body);
        assertTrue(body.contains("\"effort\":\"high\""), body);
    }

    @Test
    void toolCalls_withoutStream_arePrintedToStandardError() throws Exception {
        server.reply(
                "/api/v1/chat/completions",
                200,
                "{\"id\":\"gen-1\",\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"finish_reason\":\"tool_calls\",\"message\":{\"role\":\"assistant\","
                        + "\"content\":null,\"tool_calls\":["
                        + "{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"weather\","
                        + "\"arguments\":\"{\\\"city\\\":\\\"Bern\\\"}\"}}]}}]}");
        Result result = Program.against(server).run("chat", "hello");
        assertEquals(new Result(0, "", "llm: the model calls the tool weather {\"city\":\"Bern\"}\n"), result);
    }
}
