package com.example.gateway;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.openai.wire.OpenAiDialect;
import dev.llmspi.openai.wire.OpenAiWire;
import dev.llmspi.openai.wire.WireKey;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Creates providers of type {@code gateway}. Reads the keys {@code base-url}, {@code token-url}, {@code client-id} and
 * {@code client-secret}.
 */
public final class GatewayProviderFactory implements LlmProviderFactory {

    private static final Pattern TOKEN = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"]+)\"");

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public LlmProvider create(ProviderConfig config) {
        return OpenAiWire.provider(config, new OpenAiDialect() {
            @Override
            public String type() {
                return "gateway";
            }

            /**
             * Returns a key whose token is fetched when it is first used, cached, and fetched again when the gateway
             * rejects it.
             */
            @Override
            public List<WireKey> keys(ProviderConfig block) {
                URI url = block.uri("token-url", URI.create("https://login.example.com/oauth/token"));
                String client = block.string("client-id", "llm-client");
                return block.credential("client-secret").stream()
                        .map(secret -> Credential.cached(() -> token(url, client, secret.secret(CallContext.create()))))
                        .map(WireKey::bearer)
                        .toList();
            }

            @Override
            public Map<String, String> headers(CallContext context) {
                return context.agent().map(agent -> Map.of("x-agent", agent)).orElse(Map.of());
            }
        });
    }

    private static Secret token(URI url, String client, Secret secret) {
        String form = "grant_type=client_credentials&client_id=" + URLEncoder.encode(client, StandardCharsets.UTF_8)
                + "&client_secret=" + URLEncoder.encode(secret.reveal(), StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        HttpClient http = HttpClient.newHttpClient();
        Matcher token = TOKEN.matcher(http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join().body());
        if (!token.find()) {
            throw new IllegalStateException("the token server returned no access token");
        }
        return Secret.of(token.group(1));
    }
}
