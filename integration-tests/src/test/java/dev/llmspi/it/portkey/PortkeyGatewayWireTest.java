package dev.llmspi.it.portkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.it.server.Reply;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Checks the behaviour of the gateway itself, without our code, because {@link PortkeyGatewayTest} relies on it. If one
 * of these tests fails after a gateway upgrade, the gateway has changed and not our provider.
 */
class PortkeyGatewayWireTest extends GatewayBench {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void answer_isPassedOn() throws Exception {
        int before = gateway.posts();
        upstream.then(Reply.answer("hello"));

        HttpResponse<String> response = post("x-portkey-trace-id", "trace-1");

        assertEquals(200, response.statusCode(), response.body());
        assertTrue(response.body().contains("hello"), response.body());
        assertEquals(Optional.of("trace-1"), response.headers().firstValue("x-portkey-trace-id"));
        assertEquals(1, upstream.posts());
        assertEquals(1, gateway.posts() - before);
        assertEquals(Optional.of("Bearer upstream-key"), upstream.lastRequest().header("authorization"));
    }

    @Test
    void rateLimit_keepsRetryAfter() throws Exception {
        upstream.then(Reply.error(429, "slow_down", "too fast", "Retry-After: 7"));

        HttpResponse<String> response = post();

        assertEquals(429, response.statusCode(), response.body());
        assertEquals(Optional.of("7"), response.headers().firstValue("retry-after"));
        assertEquals(1, upstream.posts());
    }

    @Test
    void upstreamGone_isA500OfTheGateway() throws Exception {
        upstream.close();

        HttpResponse<String> response = post();

        assertEquals(500, response.statusCode());
        assertTrue(response.body().contains("ECONNREFUSED"), response.body());
    }

    @Test
    void upstreamHangs_gatewayTimeoutIs408() throws Exception {
        upstream.then(Reply.hang());

        HttpResponse<String> response = post("x-portkey-request-timeout", "200");

        assertEquals(408, response.statusCode(), response.body());
        assertEquals(1, upstream.posts());
    }

    @Test
    void killed_cutsTheCall() throws Exception {
        upstream.then(Reply.hang());
        try (PortkeyGateway mortal = PortkeyGateway.start()) {
            CompletableFuture<HttpResponse<String>> call = client.sendAsync(request(mortal), BodyHandlers.ofString());
            upstream.awaitPosts(1);

            mortal.kill();

            ExecutionException failure = assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
            assertTrue(failure.getCause() instanceof IOException, failure.toString());
            upstream.awaitClientsGone(1);
        }
    }

    private HttpResponse<String> post(String... headers) throws IOException, InterruptedException {
        return client.send(request(gateway, headers), BodyHandlers.ofString());
    }

    private HttpRequest request(PortkeyGateway to, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(to.baseUrl().resolve("/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer upstream-key")
                .header("x-portkey-provider", "openai")
                .header("x-portkey-custom-host", upstream.url("/v1").toString())
                .POST(BodyPublishers.ofString(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }
}
