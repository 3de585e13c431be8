package dev.llmspi.provider.portkey;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.openai.wire.JsonObject;
import dev.llmspi.openai.wire.OpenAiDialect;
import dev.llmspi.openai.wire.WireError;
import dev.llmspi.openai.wire.WireKey;
import dev.llmspi.openai.wire.WireReply;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Implements the differences between Portkey's gateway and the OpenAI protocol. */
final class PortkeyDialect implements OpenAiDialect {

    private static final Set<String> OPENAI = Set.of("openai", "azure-openai");
    private static final String OPENROUTER = "openrouter";

    private final PortkeySettings settings;

    PortkeyDialect(PortkeySettings settings) {
        this.settings = settings;
    }

    @Override
    public String type() {
        return PortkeyProviderFactory.TYPE;
    }

    @Override
    public URI defaultBaseUrl() {
        return URI.create("https://api.portkey.ai/v1");
    }

    @Override
    public List<WireKey> keys(ProviderConfig config) {
        return settings.keys();
    }

    @Override
    public List<Secret> secrets() {
        return settings.secrets();
    }

    @Override
    public Map<String, String> headers(CallContext context) {
        return settings.headers();
    }

    /** Returns false if a saved or inline configuration may set the model in {@code override_params}. */
    @Override
    public boolean needsModel() {
        return !settings.configHoldsModel();
    }

    /**
     * Returns true unless the upstream is one of the two OpenAI upstreams, which reject cache marks and cache
     * automatically. An unknown upstream may need the marks, and the gateway forwards messages unchanged.
     */
    @Override
    public boolean sendsCacheMarks() {
        return !OPENAI.contains(settings.provider());
    }

    /**
     * Returns true only if OpenRouter is the upstream. The gateway forwards {@code reasoning_details} and all message
     * members to it. Other upstreams may reject them, and the upstream is unknown if a virtual key or configuration
     * selects it.
     */
    @Override
    public boolean echoesReasoning() {
        return settings.provider().equals(OPENROUTER);
    }

    /**
     * Returns false, because the gateway sends {@code [DONE]} even if the upstream breaks off a stream. Only a finish
     * reason proves that the stream is complete.
     */
    @Override
    public boolean trustsDone() {
        return false;
    }

    /**
     * Returns the reasoning fields in OpenRouter's format if OpenRouter is the upstream. The gateway silently drops
     * fields that the upstream does not support.
     */
    @Override
    public Map<String, Object> reasoning(Reasoning wish) {
        if (!settings.provider().equals(OPENROUTER)) {
            return OpenAiDialect.super.reasoning(wish);
        }
        Map<String, Object> reasoning = new LinkedHashMap<>();
        wish.effort().ifPresent(effort -> reasoning.put("effort", effort));
        wish.maxTokens().ifPresent(tokens -> reasoning.put("max_tokens", tokens));
        return Map.of("reasoning", reasoning);
    }

    @Override
    public void response(WireReply reply, ChatResponse.Builder response) {
        JsonObject body = reply.body();
        Object named = body.value("provider");
        JsonObject guardrails = body.object("hook_results");
        response.metadata(ResponseMetadata.TRACE_ID, header(reply, "trace-id"))
                .metadata(
                        ResponseMetadata.UPSTREAM_PROVIDER,
                        reply.header("x-portkey-provider").orElse(named instanceof String name ? name : null))
                .metadata(ResponseMetadata.OPTION_INDEX, header(reply, "last-used-option-index"))
                .metadata(ResponseMetadata.GATEWAY_RETRIES, retries(reply))
                .metadata(ResponseMetadata.CACHE_STATUS, header(reply, "cache-status"))
                .metadata(ResponseMetadata.GUARDRAILS, guardrails.isEmpty() ? null : guardrails.members());
    }

    @Override
    public void error(WireError error) {
        PortkeyErrors.judge(error);
    }

    private static @Nullable String header(WireReply reply, String name) {
        return reply.header("x-portkey-" + name).orElse(null);
    }

    /** Reads the number of retries. The value -1 means that the gateway gave up. */
    private static @Nullable Integer retries(WireReply reply) {
        try {
            String count = header(reply, "retry-attempt-count");
            return count == null ? null : Integer.valueOf(count);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
