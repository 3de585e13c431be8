package dev.llmspi.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;

/** The baseline: calls that are written by hand, as a careful programmer would write them. */
public final class OkHttpJackson implements Contestant {

    private static final MediaType JSON = MediaType.get("application/json");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Override
    public String name() {
        return Names.of(OkHttpJackson.class);
    }

    @Override
    public Client open(URI baseUrl, int callers) {
        OkHttpClient client = HandClient.create(callers);
        return turns -> new HandConversation(client, baseUrl + "/chat/completions", turns);
    }

    private record HandConversation(OkHttpClient client, String url, List<String> turns) implements Conversation {

        @Override
        public String ask(String question) {
            try (Response response = client.newCall(request(question, false)).execute()) {
                JsonNode answer = MAPPER.readTree(response.body().byteStream());
                return answer.path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void stream(String question, Runnable onText) {
            try (Response response = client.newCall(request(question, true)).execute()) {
                BufferedSource source = response.body().source();
                for (String line = source.readUtf8Line(); line != null; line = source.readUtf8Line()) {
                    if (!line.startsWith("data: ") || line.equals("data: [DONE]")) {
                        continue;
                    }
                    JsonNode delta = MAPPER.readTree(line.substring(6))
                            .path("choices")
                            .path(0)
                            .path("delta");
                    String text = delta.path("content").asText("");
                    if (!text.isEmpty()) {
                        onText.run();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Request request(String question, boolean stream) throws IOException {
            ObjectNode body = MAPPER.createObjectNode();
            body.put("model", "acme/large");
            if (stream) {
                body.put("stream", true);
            }
            ArrayNode messages = body.putArray("messages");
            for (int i = 0; i < turns.size(); i++) {
                messages.addObject()
                        .put("role", i % 2 == 0 ? "user" : "assistant")
                        .put("content", turns.get(i));
            }
            messages.addObject().put("role", "user").put("content", question);
            return new Request.Builder()
                    .url(url)
                    .header("Authorization", "Bearer a-key-for-a-benchmark")
                    .post(RequestBody.create(MAPPER.writeValueAsBytes(body), JSON))
                    .build();
        }
    }
}
