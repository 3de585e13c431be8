package com.example.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.Message;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmAuthenticationException;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Sends a POST request with the JDK's HTTP client and returns the reply. There are no retries and no timeouts for the
 * reply, because llmspi provides both. This class only has to end the exchange when the call's cancellation is
 * triggered.
 */
final class Http implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_BYTES_OF_ERROR = 64 << 10;

    private final String provider;
    private final URI url;
    private final Credential key;
    private final TimeSource time;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final Set<Exchange> open = ConcurrentHashMap.newKeySet();
    private final Cancellation closing = Cancellation.create();

    Http(String provider, URI url, Credential key, TimeSource time) {
        this.provider = provider;
        this.url = url;
        this.key = key;
        this.time = time;
    }

    /** Waits until the response headers have arrived. Throws the matching error unless the status is 200. */
    Exchange send(ObjectNode body, ChatRequest asked, CallContext context) {
        context.cancellation().throwIfCancelled();
        Secret secret = secret(context);
        AnthropicErrors errors = new AnthropicErrors(provider, asked.model(), secrets(secret, asked), time);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url).POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        context.headers().forEach(request::header);
        request.setHeader("content-type", "application/json");
        request.setHeader("anthropic-version", "2023-06-01");
        request.setHeader("x-api-key", secret.reveal());
        CompletableFuture<HttpResponse<InputStream>> reply =
                client.sendAsync(request.build(), BodyHandlers.ofInputStream());
        Cancellation.Registration untilHead = context.cancellation().onCancel(() -> reply.cancel(true));
        Cancellation.Registration untilClosed = closing.onCancel(() -> reply.cancel(true));
        try (untilHead;
                untilClosed) {
            Exchange exchange = new Exchange(reply.get(), context, errors);
            if (exchange.response().statusCode() != 200) {
                try (exchange) {
                    throw renewed(exchange.failure(), secret, context);
                }
            }
            return exchange;
        } catch (InterruptedException e) {
            reply.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (ExecutionException e) {
            throw errors.broken(e.getCause());
        }
    }

    private static List<String> secrets(Secret key, ChatRequest asked) {
        List<String> secrets = new ArrayList<>(List.of(key.reveal()));
        asked.messages().stream().map(Message::text).filter(text -> text.length() > 3).forEach(secrets::add);
        return secrets;
    }

    /** Renews a rejected API key and marks the error, so that llm-core makes one more attempt with the new key. */
    private LlmException renewed(LlmException error, Secret rejected, CallContext context) {
        boolean another = error.status().orElse(0) == 401 && key.renew(rejected, context);
        return another ? error.toBuilder().reason(ErrorReason.CREDENTIAL_RENEWED).build() : error;
    }

    private Secret secret(CallContext context) {
        try {
            return key.secret(context);
        } catch (RuntimeException e) {
            throw LlmAuthenticationException.builder()
                    .message("could not obtain the API key: " + e.getMessage())
                    .reason(ErrorReason.MISSING_CREDENTIAL)
                    .requestSent(false)
                    .cause(e)
                    .build();
        }
    }

    /** Ends all open exchanges. */
    @Override
    public void close() {
        closing.cancel();
        open.forEach(Exchange::close);
    }

    /** A reply whose body may still be arriving. */
    final class Exchange implements AutoCloseable {

        private final HttpResponse<InputStream> response;
        private final AnthropicErrors errors;
        private final Cancellation.Registration registration;

        private Exchange(HttpResponse<InputStream> response, CallContext context, AnthropicErrors errors) {
            this.response = response;
            this.errors = errors.forReply(response);
            open.add(this);
            this.registration = context.cancellation().onCancel(this::close);
        }

        HttpResponse<InputStream> response() {
            return response;
        }

        AnthropicErrors errors() {
            return errors;
        }

        String requestId() {
            return response.headers().firstValue("request-id").orElse(null);
        }

        JsonNode json() {
            try {
                JsonNode tree = JSON.readTree(body(MOST_BYTES));
                if (!tree.isObject()) {
                    throw malformed("the answer is not a JSON object");
                }
                return tree;
            } catch (JsonProcessingException e) {
                throw malformed("the answer is not JSON"); // the parser's message would quote the text
            } catch (IOException e) {
                throw errors.broken(e);
            }
        }

        private LlmException failure() {
            try {
                return errors.of(JSON.readTree(body(MOST_BYTES_OF_ERROR)).path("error"));
            } catch (IOException e) {
                return errors.of(JSON.missingNode());
            }
        }

        private byte[] body(int limit) throws IOException {
            byte[] bytes = response.body().readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw LlmServiceException.builder()
                        .message("the answer is longer than " + limit + " bytes")
                        .reason(ErrorReason.TOO_LARGE)
                        .retryHere(false)
                        .build();
            }
            return bytes;
        }

        private RuntimeException malformed(String message) {
            return LlmServiceException.builder()
                    .message(message)
                    .reason(ErrorReason.MALFORMED_RESPONSE)
                    .status(response.statusCode())
                    .build();
        }

        @Override
        public void close() {
            open.remove(this);
            registration.close();
            try {
                response.body().close();
            } catch (IOException e) {
                // the connection is released even if closing fails
            }
        }
    }
}
