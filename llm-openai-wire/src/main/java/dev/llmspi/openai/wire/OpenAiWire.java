package dev.llmspi.openai.wire;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.ProviderConfig;
import java.util.Map;

/** Makes providers for servers that speak the OpenAI protocol. */
public final class OpenAiWire {

    private OpenAiWire() {}

    /**
     * A provider of one configuration block. Reads the keys every such provider has ({@code base-url},
     * {@code allow-insecure}, {@code headers}, {@code extras}, {@code max-tokens-field}, {@code request}, {@code
     * reasoning-echo}, {@code message-cache}, {@code capabilities}, {@code model-capabilities}, {@code bounds}, {@code
     * tls}, {@code proxy}) and lets the dialect read its own. Opens no connection and starts no thread.
     *
     * <p>The provider offers {@link dev.llmspi.api.ModelCatalog}, and {@link dev.llmspi.api.AccountStatus} if the
     * dialect has an account path. It is safe for use by many threads and closes its connections when it is closed.
     */
    public static LlmProvider provider(ProviderConfig config, OpenAiDialect dialect) {
        return new OpenAiProvider(config, dialect);
    }

    /**
     * A value as JSON that fits into a header: one line, everything beyond ASCII escaped.
     *
     * @throws IllegalArgumentException if the value holds something JSON does not have
     */
    public static String headerJson(Map<String, ?> value) {
        return Json.ascii(value);
    }
}
