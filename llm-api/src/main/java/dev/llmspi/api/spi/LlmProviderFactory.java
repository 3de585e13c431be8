package dev.llmspi.api.spi;

import dev.llmspi.api.LlmProvider;

/**
 * Makes providers of one type. Found by {@link java.util.ServiceLoader}: a public class with a public constructor without
 * parameters, which does nothing.
 *
 * <pre>{@code
 * public final class AcmeProviderFactory implements LlmProviderFactory {
 *     public String name() {
 *         return "acme";
 *     }
 *
 *     public LlmProvider create(ProviderConfig config) {
 *         URI url = config.uri("base-url", URI.create("https://llm.acme.example/v1"));
 *         Optional<Credential> key = config.credential("api-key");
 *         if (key.isEmpty()) {
 *             config.unusable("needs an API key: set " + config.path("api-key"));
 *         }
 *         return new AcmeProvider(config.name(), url, key.orElse(null));
 *     }
 * }
 * }</pre>
 */
public interface LlmProviderFactory {

    /** The type that selects this factory in the configuration, such as {@code openrouter}: lower case with dashes. */
    String name();

    /**
     * Makes a provider. Reads all its settings and reports what is wrong with them by {@link ProviderConfig#fault} and
     * {@link ProviderConfig#unusable}; the result is then thrown away, so anything may be returned. Returns at once: opens no
     * connection, starts no thread.
     */
    LlmProvider create(ProviderConfig config);
}
