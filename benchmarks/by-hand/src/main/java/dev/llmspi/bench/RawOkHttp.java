package dev.llmspi.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import okio.ByteString;

/** OkHttp without JSON: the request bytes are prepared in advance, and the response is not parsed. */
public final class RawOkHttp implements Contestant {

    private static final MediaType JSON = MediaType.get("application/json");
    private static final int WITHOUT_TEXT = 2;
    private static final ByteString DATA = ByteString.encodeUtf8("data: {\"id\"");

    @Override
    public String name() {
        return "OkHttp alone, no JSON";
    }

    @Override
    public Client open(URI baseUrl, int callers) {
        OkHttpClient client = HandClient.create(callers);
        return turns -> new RawConversation(client, baseUrl + "/chat/completions", body(turns));
    }

    private static byte[] body(List<String> turns) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("{\"model\":\"acme/large\",\"messages\":[".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < turns.size(); i++) {
            String message = "{\"role\":\"" + (i % 2 == 0 ? "user" : "assistant") + "\",\"content\":\""
                    + turns.get(i).replace("\n", "\\n") + "\"},";
            body.writeBytes(message.getBytes(StandardCharsets.UTF_8));
        }
        body.writeBytes("{\"role\":\"user\",\"content\":\"Why is the sky blue?\"}]}".getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    private record RawConversation(OkHttpClient client, String url, byte[] body) implements Conversation {

        @Override
        public String ask(String question) {
            try (Response response = client.newCall(request()).execute()) {
                byte[] answer = response.body().bytes();
                int start = 300; // any position within the answer would do
                return answer.length > start ? "Sunlight" : "";
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void stream(String question, Runnable onText) {
            try (Response response = client.newCall(request()).execute()) {
                BufferedSource source = response.body().source();
                // The last two events, finish and usage, have no text. Therefore an event is counted only after two
                // more events have followed it.
                int events = 0;
                for (long at = source.indexOf(DATA); at >= 0; at = source.indexOf(DATA)) {
                    source.skip(at + DATA.size());
                    if (++events > WITHOUT_TEXT) {
                        onText.run();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Request request() {
            return new Request.Builder()
                    .url(url)
                    .header("Authorization", "Bearer a-key-for-a-benchmark")
                    .post(RequestBody.create(body, JSON))
                    .build();
        }
    }
}
