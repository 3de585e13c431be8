package dev.llmspi.provider.openrouter;

import dev.llmspi.api.Account;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ModelInfo;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.Usage;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.JsonObject;
import dev.llmspi.openai.wire.OpenAiDialect;
import dev.llmspi.openai.wire.WireError;
import dev.llmspi.openai.wire.WireKey;
import dev.llmspi.openai.wire.WireReply;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Implements the differences between OpenRouter and the OpenAI protocol. */
final class OpenRouterDialect implements OpenAiDialect {

    private static final Optional<String> AUTO = Optional.of("openrouter/auto");

    private final OpenRouterSettings settings;

    OpenRouterDialect(OpenRouterSettings settings) {
        this.settings = settings;
    }

    @Override
    public String type() {
        return OpenRouterProviderFactory.TYPE;
    }

    @Override
    public URI defaultBaseUrl() {
        return URI.create("https://openrouter.ai/api/v1");
    }

    /**
     * Returns OpenRouter's automatic model choice. If no model were sent, OpenRouter would use the one in the account's
     * settings, which the client cannot see.
     */
    @Override
    public Optional<String> defaultModel() {
        return AUTO;
    }

    @Override
    public List<WireKey> keys(ProviderConfig config) {
        List<WireKey> keys = OpenAiDialect.super.keys(config);
        if (keys.isEmpty()) {
            // The variable sets the key of the block that has the name of the type.
            String variable = config.name().equals(OpenRouterProviderFactory.TYPE) ? "OPENROUTER_API_KEY or " : "";
            config.unusable("needs an API key: set " + variable + config.path("api-key"));
        }
        return keys;
    }

    @Override
    public Map<String, String> headers(CallContext context) {
        return settings.headers();
    }

    /**
     * Adds the variant to a model name. Names that already have a variant stay unchanged, as do routing models and
     * presets, which choose a model themselves.
     */
    @Override
    public String model(String name) {
        String variant = settings.variant();
        boolean choosesItself = name.startsWith("openrouter/") || name.startsWith("@");
        return variant == null || choosesItself || name.indexOf(':') >= 0 ? name : name + ":" + variant;
    }

    @Override
    public Map<String, Object> fields(ChatRequest request) {
        String effort = settings.reasoningEffort();
        if (effort == null || request.reasoning().isPresent()) {
            return settings.fields();
        }
        Map<String, Object> fields = new LinkedHashMap<>(settings.fields());
        fields.put("reasoning", Map.of("effort", effort));
        return fields;
    }

    /**
     * Requires upstreams that support all parameters if the request uses tools or structured output, unless the user
     * has configured this. Otherwise, OpenRouter would silently drop unsupported parameters.
     */
    @Override
    public void amend(ChatRequest request, Map<String, Object> fields) {
        Object preferences = fields.getOrDefault("provider", Map.of());
        boolean mustHave =
                request.needs().contains(Capability.TOOLS) || request.needs().contains(Capability.STRUCTURED_OUTPUT);
        if (mustHave && preferences instanceof Map<?, ?> given && !given.containsKey("require_parameters")) {
            Map<Object, Object> more = new TreeMap<>(given);
            more.put("require_parameters", true);
            fields.put("provider", more);
        }
    }

    @Override
    public boolean sendsCacheMarks() {
        return true;
    }

    @Override
    public Map<String, Object> automaticCaching() {
        return Map.of("cache_control", Map.of("type", "ephemeral"));
    }

    /** Returns no fields, because OpenRouter reports usage without being asked. */
    @Override
    public Map<String, Object> streamFields() {
        return Map.of();
    }

    @Override
    public Map<String, Object> reasoning(Reasoning wish) {
        Map<String, Object> reasoning = new LinkedHashMap<>();
        wish.effort().ifPresent(effort -> reasoning.put("effort", effort));
        wish.maxTokens().ifPresent(tokens -> reasoning.put("max_tokens", tokens));
        return Map.of("reasoning", reasoning);
    }

    @Override
    public boolean echoesReasoning() {
        return true;
    }

    @Override
    public void response(WireReply reply, ChatResponse.Builder response) {
        JsonObject body = reply.body();
        JsonObject usage = body.object("usage");
        Object upstream = body.value("provider");
        JsonObject routing = body.object("openrouter_metadata");
        Optional<String> generation = reply.header("X-Generation-Id");
        response.metadata(ResponseMetadata.UPSTREAM_PROVIDER, upstream instanceof String ? upstream : null)
                .metadata(
                        ResponseMetadata.GENERATION_ID,
                        (generation.isPresent() ? generation : body.text("id")).orElse(null))
                .metadata(
                        ResponseMetadata.NATIVE_FINISH_REASON,
                        body.objects("choices")
                                .get(0)
                                .text("native_finish_reason")
                                .orElse(null))
                .metadata(ResponseMetadata.IS_BYOK, usage.value("is_byok"))
                .metadata(ResponseMetadata.COST_DETAILS, usage.value("cost_details"))
                .metadata(
                        ResponseMetadata.CACHE_STATUS,
                        reply.header("X-OpenRouter-Cache-Status").orElse(null))
                .metadata("openrouter_metadata", routing.isEmpty() ? null : routing.members());
    }

    /**
     * Reads the cost. The upstream cost is added only if the customer's own key was used at the upstream. Otherwise, it
     * is already included in OpenRouter's cost.
     */
    @Override
    public void usage(JsonObject usage, Usage.Builder builder) {
        usage.decimal("cost").ifPresent(builder::cost);
        if (usage.isTrue("is_byok")) {
            usage.object("cost_details").decimal("upstream_inference_cost").ifPresent(builder::upstreamCost);
        }
    }

    @Override
    public void error(WireError error) {
        OpenRouterErrors.judge(error);
    }

    @Override
    public ModelInfo modelInfo(String id, JsonObject entry) {
        return OpenRouterAccounts.model(id, entry);
    }

    @Override
    public Optional<String> accountPath() {
        return Optional.of("/key");
    }

    @Override
    public Account account(JsonObject body) {
        return OpenRouterAccounts.account(body.object("data"));
    }
}
