package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.http.Bounds;

/** Reads the {@code bounds} block of a provider's configuration. */
final class BoundsSettings {

    /** The maximum configurable depth. JSON is read recursively, so deeper values could overflow the stack. */
    private static final int DEEPEST = 1000;

    private BoundsSettings() {}

    static Bounds read(ProviderConfig config) {
        Bounds standard = Bounds.DEFAULTS;
        ConfigBlock block = config.block("bounds");
        Bounds bounds = new Bounds(
                block.integer("response", standard.response(), 1),
                block.integer("error-body", standard.errorBody(), 1),
                block.integer("request", standard.request(), 1),
                block.integer("line", standard.line(), 1),
                block.integer("event", standard.event(), 1),
                block.integer("stream", standard.stream(), 1),
                block.integer("text", standard.text(), 1),
                block.integer("json-depth", standard.jsonDepth(), 1),
                block.integer("json-number", standard.jsonNumber(), 1),
                block.integer("json-name", standard.jsonName(), 1),
                block.integer("json-tokens", standard.jsonTokens(), 1));
        if (bounds.jsonDepth() > DEEPEST) {
            block.fault("json-depth", "must be at most " + DEEPEST);
        }
        block.refuseUnread();
        return bounds;
    }
}
