package dev.llmspi.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the server with the JDK's HTTP client. The providers are tested against it in their own modules. */
@Timeout(30)
class FakeLlmServerTest {

    private static final String WHOLE = "{\"model\":\"m\",\"messages\":[]}";
    private static final String STREAM = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";

    @RegisterExtension
    final FakeLlmServers servers = FakeLlmServers.create();

    private final FakeLlmServer server = servers.openAi();

    @AfterEach
    void close() {
        server.close();
        server.close();
    }

    private HttpURLConnection post(String body) throws IOException {
        return post(body, 10_000);
    }

    private HttpURLConnection post(String body, int patienceMillis) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(server.url() + "/chat/completions").toURL().openConnection();
        connection.setReadTimeout(patienceMillis);
        connection.setDoOutput(true);
        connection.setRequestProperty("X-Mine", "yes");
        // The length is fixed, because otherwise the JDK's client repeats a POST that received no response.
        connection.setFixedLengthStreamingMode(body.length());
        connection.getOutputStream().write(body.getBytes(UTF_8));
        return connection;
    }

    private String text(String body) throws IOException {
        try (InputStream in = post(body).getInputStream()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /**
     * Returns the response, or {@code ""} if reading it fails. Some releases of the JDK's client accept half a response
     * as complete.
     */
    private String whatComes(String body) {
        try {
            return text(body);
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void script_severalSteps_followInOrderAndAreRecorded() throws Exception {
        server.answers("one").fails(ErrorKind.RATE_LIMIT, Duration.ofSeconds(3));

        String answer = text(WHOLE);
        HttpURLConnection failed = post(STREAM);

        assertTrue(answer.contains("\"content\":\"one\"") && answer.contains("\"model\":\"m\""), answer);
        assertEquals(429, failed.getResponseCode());
        assertEquals("3", failed.getHeaderField("Retry-After"));
        assertEquals(2, server.posts());
        assertEquals(
                List.of(false, true),
                server.requests().stream().map(FakeRequest::wantsStream).toList());
        FakeRequest last = server.lastRequest();
        assertEquals("POST /v1/chat/completions", last.toString());
        assertEquals(Optional.of("yes"), last.header("x-mINE"));
        assertEquals("m", last.model());
        assertEquals(Map.of("model", "m", "stream", true, "messages", List.of()), last.json());
    }

    @Test
    void streams_completeAndStreamed_haveTheSameText() throws Exception {
        server.streams("hel", "lo").repeat();

        assertTrue(text(WHOLE).contains("\"content\":\"hello\""));
        String stream = text(STREAM);
        assertEquals(6, stream.split("data: ", -1).length - 1, stream);
        assertTrue(stream.contains("{\"content\":\"hel\"}") && stream.endsWith("data: [DONE]\n\n"), stream);
    }

    @Test
    void callsTool_completeAndStreamed_haveTheWholeCall() throws Exception {
        server.callsTool("f", "{\"a\":1}").repeat();

        assertTrue(text(WHOLE).contains("\"arguments\":\"{\\\"a\\\":1}\""));
        String stream = text(STREAM);
        assertTrue(stream.contains("\"arguments\":\"{\\\"a\"") && stream.contains("\"arguments\":\"\\\":1}\""), stream);
    }

    @Test
    void faults_eachKind_breaksTheReplyAsDocumented() throws Exception {
        server.closes().resets().streamsThenCuts("half").streamsThenCuts("half").sendsGarbage();

        assertThrows(IOException.class, () -> text(WHOLE));
        assertThrows(IOException.class, () -> text(WHOLE));
        assertFalse(whatComes(WHOLE).contains("usage"), "the end of the answer was sent");
        assertThrows(IOException.class, () -> text(STREAM));
        assertTrue(text(WHOLE).startsWith("<html>"));
        assertEquals(5, server.posts());
    }

    @Test
    void streamsThenFails_completeAndStreamed_isAnError() throws Exception {
        server.streamsThenFails(ErrorKind.SERVICE, "half").repeat();

        assertEquals(503, post(WHOLE).getResponseCode());
        String stream = text(STREAM);
        assertTrue(stream.contains("half") && stream.contains("\"error\":{"), stream);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hangs_clientLeaves_isCounted(boolean streaming) throws Exception {
        server.streamsThenHangs("half");
        HttpURLConnection connection = post(streaming ? STREAM : WHOLE, 50);

        assertThrows(IOException.class, () -> connection.getInputStream().readAllBytes());
        connection.disconnect();

        server.awaitClientsGone(1);
    }

    @Test
    void fakeStream_awaitsLatch_andSendsByteByByte() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        server.then(FakeReply.events("X-Own: 1")
                .bytes("\u00e9!")
                .await(gate)
                .piece("rest")
                .end());
        HttpURLConnection connection = post(WHOLE);

        try (InputStream in = connection.getInputStream()) {
            assertEquals("\u00e9!", new String(in.readNBytes(3), UTF_8));
            gate.countDown();
            assertEquals("rest", new String(in.readAllBytes(), UTF_8));
        }
        assertEquals("1", connection.getHeaderField("X-Own"));
    }

    @Test
    void replies_seesTheRequest() throws Exception {
        server.replies(request -> FakeReply.json(200, request.body()));

        assertEquals(WHOLE, text(WHOLE));
    }

    @Test
    void beyondTheScript_isRejectedAndReported() throws Exception {
        try (FakeLlmServer strict = FakeLlmServer.portkey()) {
            strict.answers("one");
            for (int i = 0; i < 2; i++) {
                HttpURLConnection connection =
                        (HttpURLConnection) URI.create(strict.url()).toURL().openConnection();
                connection.setRequestMethod("POST");
                connection.setDoOutput(true);
                connection.getOutputStream().write('x');
                assertEquals(i == 0 ? 200 : 400, connection.getResponseCode());
            }
            String said = "FakeLlmServer \"portkey\": request 2, but the script has 1 steps; add a step, or "
                    + "end it with repeat()";
            assertEquals(Optional.of(said), strict.complaint());
            assertEquals("", strict.lastRequest().model());

            FakeLlmServers extension = FakeLlmServers.create();
            FakeLlmServer unused = extension.openRouter();
            extension.afterEach(null);
            assertThrows(
                    IOException.class, () -> URI.create(unused.url()).toURL().getContent());
        }
    }

    @Test
    void models_withoutAScript_areAnswered() throws Exception {
        URI models = URI.create(server.url() + "/models");

        try (InputStream in = models.toURL().openStream()) {
            assertTrue(new String(in.readAllBytes(), UTF_8).contains("\"id\":\"fake-model\""));
        }
        assertThrows(IOException.class, () -> URI.create(server.url()).toURL().getContent());
        server.serves("/key", FakeReply.json(200, "{}"));
        try (InputStream in = URI.create(server.url() + "/key").toURL().openStream()) {
            assertEquals("{}", new String(in.readAllBytes(), UTF_8));
        }
        assertEquals(0, server.posts());
        assertTrue(server.connections() > 0);
        assertNull(server.lastRequest().headers().get("none"));
    }

    @Test
    void awaitClientsGone_clientLeavesDuringItsRequest_isCounted() throws Exception {
        URI url = URI.create(server.url());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream()
                    .write("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 9\r\n\r\n{".getBytes(UTF_8));
            server.awaitPosts(1);
        }

        server.awaitClientsGone(1);
    }

    @Test
    void awaitNoConnections_keptConnection_returnsOnceItIsClosed() throws Exception {
        server.then(FakeReply.json(200, "{}"));
        URI url = URI.create(server.url());
        CountDownLatch waiting = new CountDownLatch(1);
        Thread waiter = new Thread(() -> {
            try {
                waiting.countDown();
                server.awaitNoConnections();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream()
                    .write("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}".getBytes(UTF_8));
            assertTrue(socket.getInputStream().read() >= 0, "the server must reply and keep the connection");
            waiter.start();
            waiting.await();
            assertTrue(waiter.isAlive());
        }
        waiter.join();
    }
}
