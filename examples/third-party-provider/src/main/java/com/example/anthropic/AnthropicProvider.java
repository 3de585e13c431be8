package com.example.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.spi.Credential;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.Set;

/** A provider for Anthropic's Messages API. Thread-safe. */
final class AnthropicProvider implements LlmProvider {

    private final String name;
    private final URI baseUrl;
    private final Http http;
    private final int maxOutputTokens;

    AnthropicProvider(String name, URI baseUrl, Credential key, int maxOutputTokens, TimeSource time) {
        this.name = name;
        this.baseUrl = baseUrl;
        this.maxOutputTokens = maxOutputTokens;
        this.http = new Http(name, URI.create(baseUrl + "/v1/messages"), key, time);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String type() {
        return "anthropic";
    }

    @Override
    public Optional<URI> endpoint() {
        return Optional.of(baseUrl);
    }

    @Override
    public Optional<Set<Capability>> capabilities(String model) {
        return Optional.of(Set.of(Capability.TOOLS, Capability.IMAGES));
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        ObjectNode body = MessagesRequest.of(request, maxOutputTokens, false);
        try (Http.Exchange exchange = http.send(body, request, context)) {
            JsonNode answer = exchange.json();
            return MessagesResponse.of(answer, exchange)
                    .toBuilder()
                    .callId(context.callId())
                    .provider(name)
                    .build();
        }
    }

    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        ObjectNode body = MessagesRequest.of(request, maxOutputTokens, true);
        Http.Exchange exchange = http.send(body, request, context);
        HttpResponse<InputStream> response = exchange.response();
        if (!response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream")) {
            try (exchange) { // the server answered without streaming
                return ChatStream.ofAnswer(MessagesResponse.of(exchange.json(), exchange)
                        .toBuilder()
                        .callId(context.callId())
                        .provider(name)
                        .build());
            }
        }
        return ChatStream.of(name, request.model().orElse(null), new MessagesStream(exchange));
    }

    @Override
    public void close() {
        http.close();
    }

    @Override
    public String toString() {
        return "AnthropicProvider[" + name + "]";
    }
}
