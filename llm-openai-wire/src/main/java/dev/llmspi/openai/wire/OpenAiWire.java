package dev.llmspi.openai.wire;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.ProviderConfig;
import java.util.Map;

/** Creates providers for servers that speak the OpenAI protocol. */
public final class OpenAiWire {

    private OpenAiWire() {}

    /**
     * Creates a provider from a configuration block. Reads the settings that all such providers share
     * ({@code base-url}, {@code allow-insecure}, {@code headers}, {@code extras}, {@code max-tokens-field},
     * {@code request}, {@code reasoning-echo}, {@code message-cache}, {@code capabilities}, {@code model-capabilities},
     * {@code bounds}, {@code tls}, {@code proxy}, {@code http2}, {@code keep-alive}) and lets the dialect read its own
     * settings. Opens no connection and starts no thread.
     *
     * <p>The provider offers {@link dev.llmspi.api.ModelCatalog}, and {@link dev.llmspi.api.AccountStatus} if the
     * dialect has an account path. It is thread-safe and closes its connections in {@code close()}.
     */
    public static LlmProvider provider(ProviderConfig config, OpenAiDialect dialect) {
        return new OpenAiProvider(config, dialect);
    }

    /**
     * Returns a value as JSON that can be sent in a header: on one line, and with all non-ASCII characters escaped.
     *
     * @throws IllegalArgumentException if a value cannot be written as JSON
     */
    public static String headerJson(Map<String, ?> value) {
        return JsonWriter.ascii(value);
    }
}
