package dev.llmspi.it.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that the test server produces the faults that its methods describe, and that it counts correctly. */
@Timeout(30)
class TestUpstreamTest {

    private final TestUpstream upstream = TestUpstream.start();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        upstream.close();
    }

    @Test
    void then_severalReplies_followTheScript() throws Exception {
        upstream.then(Reply.error(429, "slow_down", "too fast", "Retry-After: 1"))
                .then(Reply.answer("hello"));

        HttpResponse<String> first = post("one");
        HttpResponse<String> second = post("two");

        assertEquals(429, first.statusCode());
        assertEquals(Optional.of("1"), first.headers().firstValue("retry-after"));
        assertEquals(200, second.statusCode());
        assertEquals("two", upstream.lastRequest().body());
        assertEquals(Optional.of("text/plain"), upstream.lastRequest().header("Content-Type"));
        assertEquals(2, upstream.posts());
    }

    @Test
    void beyondTheScript_answers599() throws Exception {
        assertEquals(599, post("one").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "reset", "cut"})
    void brokenReply_isAnErrorForTheClientAndOnePost(String fault) {
        upstream.always(
                switch (fault) {
                    case "close" -> Reply.close();
                    case "reset" -> Reply.reset();
                    default -> Reply.cutBody(200, "application/json", "{\"half\":true}");
                });

        assertThrows(IOException.class, () -> post("one"));
        assertEquals(1, upstream.posts());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hang_clientLeaves_isSeen(boolean byReset) throws Exception {
        upstream.then(Reply.hang());
        try (Socket socket = new Socket("127.0.0.1", upstream.port())) {
            socket.getOutputStream().write("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
            upstream.awaitPosts(1);
            if (byReset) {
                socket.setSoLinger(true, 0);
            }
        }

        upstream.awaitClientsGone(1);
    }

    @Test
    void chunkedBody_isReadCompletely() throws Exception {
        upstream.then(Reply.answer("hello"));
        HttpRequest chunked = HttpRequest.newBuilder(upstream.url("/v1"))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString("in chunks")))
                .build();

        client.send(chunked, BodyHandlers.discarding());

        assertEquals("in chunks", upstream.lastRequest().body());
    }

    @Test
    void close_freesThePort() {
        upstream.close();

        assertThrows(ConnectException.class, () -> post("one"));
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return client.send(request(body), BodyHandlers.ofString());
    }

    private HttpRequest request(String body) {
        return HttpRequest.newBuilder(upstream.url("/v1"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(body))
                .build();
    }
}
