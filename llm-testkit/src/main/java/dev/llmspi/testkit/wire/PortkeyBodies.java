package dev.llmspi.testkit.wire;

import java.util.Map;

/**
 * The variant of Portkey's gateway in front of OpenAI, with additional headers and with error messages that start with
 * the upstream provider's name.
 */
public final class PortkeyBodies extends OpenAiBodies {

    @Override
    public Map<String, String> headers() {
        return Map.of(
                "x-portkey-provider", "openai",
                "x-portkey-trace-id", "trace-1",
                "x-portkey-request-id", "req-1",
                "x-portkey-last-used-option-index", "0",
                "x-portkey-retry-attempt-count", "0",
                "x-portkey-cache-status", "DISABLED");
    }

    @Override
    public String error(int status, String code, String message) {
        return "{\"error\":{\"message\":" + Json.quoted("openai error: " + message)
                + ",\"type\":\"fake\",\"param\":null,\"code\":" + Json.quoted(code) + "},\"provider\":\"openai\"}";
    }
}
