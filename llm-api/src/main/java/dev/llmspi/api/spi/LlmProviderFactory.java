package dev.llmspi.api.spi;

import dev.llmspi.api.LlmProvider;

/**
 * Creates providers of one type. {@link java.util.ServiceLoader} finds the implementation, which must be a public class
 * with a public constructor that has no parameters and does nothing.
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

    /**
     * Returns the provider type that selects this factory in the configuration, such as {@code openrouter}. It is
     * written in lower case, with dashes between words.
     */
    String name();

    /**
     * Creates a provider. This method reads all settings and reports problems with {@link ProviderConfig#fault} and
     * {@link ProviderConfig#unusable}. If it reports a problem, the client discards the result, so any provider may be
     * returned. The method returns immediately, without opening connections or starting threads.
     */
    LlmProvider create(ProviderConfig config);
}
