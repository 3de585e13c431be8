package dev.llmspi.testkit.wire;

import java.util.Map;

/**
 * OpenRouter's variant of the bodies, with costs, the upstream provider, keep-alive comments and numeric error codes.
 */
public final class OpenRouterBodies extends OpenAiBodies {

    @Override
    public String path() {
        return "/api/v1";
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("X-Generation-Id", "gen-1");
    }

    @Override
    String more() {
        return ",\"provider\":\"Fake\"";
    }

    @Override
    String finishMore(String reason) {
        return ",\"native_finish_reason\":\"" + reason + "\"";
    }

    @Override
    String usage() {
        return "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d,\"cost\":0.0001,\"is_byok\":false}"
                .formatted(INPUT_TOKENS, OUTPUT_TOKENS, INPUT_TOKENS + OUTPUT_TOKENS);
    }

    @Override
    public String streamStart(String model) {
        return ": OPENROUTER PROCESSING\n\n" + super.streamStart(model);
    }

    @Override
    public String streamError(int status, String code, String message) {
        return event("{\"id\":\"gen-1\",\"error\":" + errorObject(status, code, message)
                + ",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}");
    }

    @Override
    public String error(int status, String code, String message) {
        return "{\"error\":" + errorObject(status, code, message) + "}";
    }

    private static String errorObject(int status, String code, String message) {
        return "{\"code\":%d,\"message\":%s,\"metadata\":{\"error_type\":%s}}"
                .formatted(status, Json.quoted(message), Json.quoted(code));
    }
}
