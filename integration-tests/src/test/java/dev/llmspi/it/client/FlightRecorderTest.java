package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the events that calls write to a JDK Flight Recorder recording. */
class FlightRecorderTest {

    @TempDir
    Path folder;

    @Test
    void recording_holdsCallAttemptsAndCooldown() throws IOException {
        Path file = folder.resolve("calls.jfr");
        ChatResponse answer;
        try (TestUpstream openrouter = TestUpstream.start().then(Reply.error(402, "payment_required", "no credit"));
                TestUpstream portkey = TestUpstream.start().then(Reply.answer("hello"));
                Recording recording = new Recording()) {
            recording.start();
            try (LlmClient client = LlmClient.builder()
                    .provider("openrouter", block -> block.apiKey("or-key")
                            .baseUrl(openrouter.url("/api/v1").toString())
                            .defaultModel("a/b"))
                    .provider("portkey", block -> block.apiKey("pk-key")
                            .baseUrl(portkey.url("/v1").toString())
                            .defaultModel("m")
                            .set("provider", "openai"))
                    .chain("default", "openrouter", "portkey")
                    .build()) {
                answer = client.chat(
                        ChatRequest.of("the secret prompt"),
                        CallOptions.builder().agent("tester").build());
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.llmspi."))
                .toList();

        RecordedEvent call = only(events, "Call");
        assertEquals(answer.callId(), call.getString("callId"));
        assertEquals("SUCCESS", call.getString("outcome"));
        assertEquals("portkey", call.getString("provider"));
        assertEquals("tester", call.getString("agent"));
        assertEquals(2, call.getInt("attempts"));
        assertEquals(answer.usage().inputTokens().orElse(-1), call.getLong("inputTokens"));
        assertTrue(call.getDuration().toNanos() > 0);

        List<RecordedEvent> attempts = named(events, "Attempt");
        assertEquals(
                List.of("resource_exhausted_error", "none"),
                attempts.stream()
                        .map(event ->
                                String.valueOf(event.getString("errorKind")).replace("null", "none"))
                        .toList());
        assertEquals(402, attempts.get(0).getInt("status"));
        assertEquals("a/b", attempts.get(0).getString("model"));

        RecordedEvent cooldown = only(events, "Cooldown");
        assertEquals("openrouter", cooldown.getString("provider"));
        assertTrue(cooldown.getBoolean("active"));
        assertFalse(events.toString().contains("secret prompt"));
        assertFalse(events.toString().contains("or-key"));
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.llmspi." + name))
                .toList();
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        List<RecordedEvent> found = named(events, name);
        assertEquals(1, found.size(), name);
        return found.get(0);
    }
}
