package dev.llmspi.provider.openai;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.OpenAiDialect;
import dev.llmspi.openai.wire.WireError;
import dev.llmspi.openai.wire.WireKey;
import java.util.List;
import java.util.Map;

/** OpenAI's own variant of the protocol, with a configurable API key header. */
final class PlainDialect implements OpenAiDialect {

    private final OpenAiSettings settings;

    PlainDialect(OpenAiSettings settings) {
        this.settings = settings;
    }

    @Override
    public String type() {
        return OpenAiProviderFactory.TYPE;
    }

    @Override
    public List<WireKey> keys(ProviderConfig config) {
        return settings.keys();
    }

    @Override
    public Map<String, String> headers(CallContext context) {
        return settings.headers();
    }

    @Override
    public void error(WireError error) {
        ServerErrors.judge(error);
    }
}
