package com.example.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the provider with a fake gateway whose tokens expire, and with a fake token server. */
class GatewayProviderTest {

    private final AtomicInteger tokens = new AtomicInteger();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private volatile String accepted = "Bearer token-1";
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/token",
                exchange -> reply(exchange, 200, "{\"access_token\":\"token-" + tokens.incrementAndGet() + "\"}"));
        server.createContext("/v1/chat/completions", exchange -> {
            String token = exchange.getRequestHeaders().getFirst("Authorization");
            seen.add(token + " for " + exchange.getRequestHeaders().getFirst("x-agent"));
            if (token.equals(accepted)) {
                String choice = "{\"message\":{\"content\":\"hello\"},\"finish_reason\":\"stop\"}";
                reply(exchange, 200, "{\"choices\":[" + choice + "]}");
            } else {
                reply(exchange, 401, "{\"error\":{\"message\":\"token expired\"}}");
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void chat_tokenExpired_isRenewedWithOneMoreAttempt() {
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try (LlmClient client = LlmClient.builder()
                .provider("gateway", block -> block.baseUrl(url + "/v1")
                        .defaultModel("m")
                        .set("token-url", url + "/token")
                        .set("client-secret", "s3cret"))
                .build()) {
            CallOptions agent = CallOptions.builder().agent("tester").build();
            assertEquals("hello", client.chat(ChatRequest.of("hi"), agent).text());
            accepted = "Bearer token-2";
            ChatResponse renewed = client.chat(ChatRequest.of("hi"), agent);
            assertEquals("hello", renewed.text());
            assertEquals(2, renewed.attempts().size());
            assertEquals(
                    List.of("Bearer token-1 for tester", "Bearer token-1 for tester", "Bearer token-2 for tester"),
                    seen);
        }
    }
}
