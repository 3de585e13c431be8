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
 * What is different at one server that speaks the OpenAI protocol. Everything has a default; an empty dialect is the
 * protocol as OpenAI has it. Called by many threads at once; keeps no state of a call.
 *
 * <pre>{@code
 * public LlmProvider create(ProviderConfig config) {
 *     return OpenAiWire.provider(config, new OpenAiDialect() {
 *         public String type() {
 *             return "acme";
 *         }
 *
 *         public URI defaultBaseUrl() {
 *             return URI.create("https://llm.acme.example/v1");
 *         }
 *     });
 * }
 * }</pre>
 */
public interface OpenAiDialect {

    /** The provider type: the name of the factory, and the key of the request's extras. Default: {@code openai}. */
    default String type() {
        return "openai";
    }

    /** Where requests go when {@code base-url} is not set. Default: OpenAI. */
    default URI defaultBaseUrl() {
        return URI.create("https://api.openai.com/v1");
    }

    /** The model to ask when nobody named one. Default: none; such a call is an error. */
    default Optional<String> defaultModel() {
        return Optional.empty();
    }

    /**
     * The keys to send with each request, read from the configuration once, at creation; faults go to the
     * configuration. Default: {@code api-key} as a bearer token, if there is one.
     */
    default List<WireKey> keys(ProviderConfig config) {
        Optional<Credential> key = config.credential("api-key");
        return key.isPresent() ? List.of(WireKey.bearer(key.get())) : List.of();
    }

    /** Headers to send besides keys and content type; values are checked before they are sent. Default: none. */
    default Map<String, String> headers(CallContext context) {
        return Map.of();
    }

    /** Secrets that travel other than as {@link #keys}, so that no error text shows them. Default: none. */
    default List<Secret> secrets() {
        return List.of();
    }

    /** The name to send for a model. Default: the model as it stands. */
    default String model(String name) {
        return name;
    }

    /** Fields of the request body for what the dialect was configured with; the request's own win. Default: none. */
    default Map<String, Object> fields(ChatRequest request) {
        return Map.of();
    }

    /**
     * A last look at the fields of a request that stand beside what the vocabulary has: what the request's extras, the
     * configuration and the dialect gave. May change them. Default: leaves them.
     *
     * @param fields modifiable; what it names is sent
     */
    default void amend(ChatRequest request, Map<String, Object> fields) {}

    /** Whether marks for a prompt cache go out as {@code cache_control}. Default: no; OpenAI refuses unknown fields. */
    default boolean sendsCacheMarks() {
        return false;
    }

    /** The fields that leave it to the server what of the prompt to cache. Default: none; OpenAI does so unasked. */
    default Map<String, Object> automaticCaching() {
        return Map.of();
    }

    /** Further fields of a request that asks for a stream. Default: those that ask for usage at its end. */
    default Map<String, Object> streamFields() {
        return Map.of("stream_options", Map.of("include_usage", true));
    }

    /**
     * Whether {@code [DONE]} without a finish reason ends an answer that has content. Default: yes; a gateway that
     * writes it itself proves nothing with it.
     */
    default boolean trustsDone() {
        return true;
    }

    /** The fields that ask for reasoning. Default: {@code reasoning_effort}; a budget in tokens has no field there. */
    default Map<String, Object> reasoning(Reasoning wish) {
        return wish.effort()
                .<Map<String, Object>>map(word -> Map.of("reasoning_effort", word))
                .orElse(Map.of());
    }

    /**
     * Whether this server hands out {@code reasoning_details} and wants them back with every answer. Then {@code
     * reasoning-echo} is {@code always} unless the configuration says otherwise, details of a message whose origin is
     * unknown are sent too, and the plain spellings {@code reasoning} and {@code reasoning_content} are not sent beside
     * them. Default: no; reasoning goes back while a round of tool calls goes on, to the provider and model it came
     * from.
     */
    default boolean echoesReasoning() {
        return false;
    }

    /** Adds what the vocabulary does not cover, such as metadata, to an answer. Default: nothing. */
    default void response(WireReply reply, ChatResponse.Builder response) {}

    /** Adds what OpenAI's usage does not have, such as cost. Default: nothing. */
    default void usage(JsonObject usage, Usage.Builder builder) {}

    /** Corrects what is taken from an error; called once per error after the common rules. Default: nothing. */
    default void error(WireError error) {}

    /** A model of the list {@code GET /models}. Default: its id and name. */
    default ModelInfo modelInfo(String id, JsonObject entry) {
        return ModelInfo.builder(id).name(entry.text("name").orElse(id)).build();
    }

    /** The path below the base URL that tells the state of the key, such as {@code /key}. Default: there is none. */
    default Optional<String> accountPath() {
        return Optional.empty();
    }

    /** The state of the key, from the body found under {@link #accountPath}. Default: nothing known. */
    default Account account(JsonObject body) {
        return Account.builder().build();
    }
}
