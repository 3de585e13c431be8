package dev.llmspi.openai.wire;

import dev.llmspi.api.Account;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ModelInfo;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.Usage;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.api.spi.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Describes how a server that speaks the OpenAI protocol differs from OpenAI's own server. Every method has a default,
 * and a dialect that overrides nothing describes OpenAI's server. A dialect is called by many threads at once and must
 * not store the state of a call.
 *
 * <pre>{@code
 * public LlmProvider create(ProviderConfig config) {
 *     return OpenAiWire.provider(config, new OpenAiDialect() {
 *         public String type() {
 *             return "acme";
 *         }
 *         public URI defaultBaseUrl() {
 *             return URI.create("https://llm.acme.example/v1");
 *         }
 *     });
 * }
 * }</pre>
 */
public interface OpenAiDialect {

    /**
     * Returns the provider type, which is the factory's name and the key of the provider's extras in a request.
     * Default: {@code openai}.
     */
    default String type() {
        return "openai";
    }

    /** Returns the base URL to use if {@code base-url} is not set. Default: OpenAI's. */
    default URI defaultBaseUrl() {
        return URI.create("https://api.openai.com/v1");
    }

    /** Returns the model to use if neither the call nor the configuration names one. Default: none. */
    default Optional<String> defaultModel() {
        return Optional.empty();
    }

    /**
     * Whether the server rejects a request that names no model. Default: true. A call for which neither the request nor
     * the configuration names a model is then an error, and a chain skips this provider. If false, the field
     * {@code model} is omitted in this case.
     */
    default boolean needsModel() {
        return true;
    }

    /**
     * Returns the API keys to send with each request. This method is called once, when the provider is created, and
     * reports invalid settings to {@code config}. Default: the setting {@code api-key} as a bearer token, if it is set.
     */
    default List<WireKey> keys(ProviderConfig config) {
        Optional<Credential> key = config.credential("api-key");
        return key.isPresent() ? List.of(WireKey.bearer(key.get())) : List.of();
    }

    /**
     * Returns the headers to send in addition to the API keys and the content type. They are validated before they are
     * sent. Default: none.
     */
    default Map<String, String> headers(CallContext context) {
        return Map.of();
    }

    /**
     * Returns the secrets that are not among the {@link #keys} but must also be redacted from errors. Default: none.
     */
    default List<Secret> secrets() {
        return List.of();
    }

    /** Returns the model name to send to the server. Default: the given name, unchanged. */
    default String model(String name) {
        return name;
    }

    /**
     * Returns request fields for the dialect's settings. Fields that the request itself sets take precedence. Default:
     * none.
     */
    default Map<String, Object> fields(ChatRequest request) {
        return Map.of();
    }

    /**
     * Changes the fields that come from the request's extras, the configuration or the dialect. Fields for the API's
     * own settings are not among them. Called after all other methods that provide fields. Default: changes nothing.
     *
     * @param fields the fields to send; modifiable
     */
    default void amend(ChatRequest request, Map<String, Object> fields) {}

    /** Whether cache marks are sent as {@code cache_control}. Default: false, because OpenAI rejects unknown fields. */
    default boolean sendsCacheMarks() {
        return false;
    }

    /**
     * Returns the fields that let the server choose what to cache. Default: none, because OpenAI needs no such field.
     */
    default Map<String, Object> automaticCaching() {
        return Map.of();
    }

    /**
     * Returns additional fields for streaming requests. Default: the fields that request the usage at the end of the
     * stream.
     */
    default Map<String, Object> streamFields() {
        return Map.of("stream_options", Map.of("include_usage", true));
    }

    /**
     * Whether {@code [DONE]} without a finish reason completes an answer that has content. Default: true. A dialect for
     * a gateway that sends {@code [DONE]} even after incomplete answers should return false.
     */
    default boolean trustsDone() {
        return true;
    }

    /**
     * Returns the fields that request reasoning. Default: {@code reasoning_effort} for an effort, and no field for a
     * token budget.
     */
    default Map<String, Object> reasoning(Reasoning reasoning) {
        return reasoning
                .effort()
                .<Map<String, Object>>map(word -> Map.of("reasoning_effort", word))
                .orElse(Map.of());
    }

    /**
     * Whether the server sends {@code reasoning_details} and expects to get them back with every answer of the
     * conversation. If true, {@code reasoning-echo} defaults to {@code always}, the details in messages of unknown
     * origin are sent too, and {@code reasoning} and {@code reasoning_content} are not sent in addition to the details.
     * Default: false. Reasoning is then sent back only during a round of tool calls, and only to the provider and model
     * it came from.
     */
    default boolean echoesReasoning() {
        return false;
    }

    /** Adds data to an answer, for example as metadata, if the API has no type for it. Default: adds nothing. */
    default void response(WireReply reply, ChatResponse.Builder response) {}

    /** Adds values that OpenAI's usage does not contain, such as the cost. Default: adds nothing. */
    default void usage(JsonObject usage, Usage.Builder builder) {}

    /**
     * Corrects an error. Called once for each error, after the common rules have classified it. Default: changes
     * nothing.
     */
    default void error(WireError error) {}

    /**
     * Returns the information in one entry of the model list from {@code GET /models}. Default: the model's id and
     * name.
     */
    default ModelInfo modelInfo(String id, JsonObject entry) {
        return ModelInfo.builder(id).name(entry.text("name").orElse(id)).build();
    }

    /**
     * Returns the path below the base URL at which the server reports the account status, such as {@code /key}.
     * Default: none.
     */
    default Optional<String> accountPath() {
        return Optional.empty();
    }

    /** Returns the account status in a reply body from {@link #accountPath}. Default: an empty status. */
    default Account account(JsonObject body) {
        return Account.builder().build();
    }
}
