package dev.llmspi.provider.portkey;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.openai.wire.JsonObject;
import dev.llmspi.openai.wire.WireError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an error that came through Portkey's gateway means. Most are the upstream's and the common rules have understood
 * them; here are those the gateway makes itself (its envelopes have {@code status: failure} or {@code success: false}),
 * and those it wraps so that their meaning is only in the text.
 */
final class PortkeyErrors {

    private static final String WRAPPED = "Invalid response received from ";
    private static final int GUARDRAIL_DENIED = 446;

    private PortkeyErrors() {}

    static void judge(WireError error) {
        String type = error.error().text("type").orElse("");
        if (error.status() == GUARDRAIL_DENIED || type.equals("hooks_failed")) {
            judgeGuardrail(error);
        } else if (error.message().contains(WRAPPED)) {
            judgeWrapped(error);
        } else if (isGatewaysOwn(error)) {
            judgeGateways(error);
        }
    }

    /** Which checks said no, without the words they found: those are the prompt's. */
    private static void judgeGuardrail(WireError error) {
        error.judge(ErrorKind.INVALID_REQUEST, ErrorReason.CONTENT_FILTERED);
        List<String> checks = new ArrayList<>();
        for (String phase : List.of("before_request_hooks", "after_request_hooks")) {
            for (JsonObject hook : error.body().object("hook_results").objects(phase)) {
                for (JsonObject check : hook.objects("checks")) {
                    if (Boolean.FALSE.equals(check.value("verdict"))) {
                        checks.add(hook.text("id").orElse("?") + "/"
                                + check.text("id").orElse("?"));
                    }
                }
            }
        }
        error.message("a guardrail of the gateway denied the call" + (checks.isEmpty() ? "" : ", failed: " + checks));
    }

    /**
     * Some upstreams' errors have a shape the gateway does not know; it then puts their JSON into its message. The code
     * in there tells more than the status outside, except that the gateway's status stays what it is.
     */
    private static void judgeWrapped(WireError error) {
        String text = error.message();
        int json = text.indexOf('{', text.indexOf(WRAPPED));
        JsonObject inner = json < 0 ? JsonObject.of(Map.of()) : JsonObject.parse(text.substring(json));
        JsonObject cause = inner.object("error").isEmpty() ? inner : inner.object("error");
        cause.text("code").ifPresent(error::code);
        cause.text("message").ifPresent(error::message);
        cause.count("code").ifPresent(code -> {
            if (code >= 400 && code < 600) {
                error.judgeByStatus((int) code);
            }
        });
        error.refine();
    }

    private static boolean isGatewaysOwn(WireError error) {
        JsonObject body = error.body();
        return body.text("status").orElse("").equals("failure") || Boolean.FALSE.equals(body.value("success"));
    }

    private static void judgeGateways(WireError error) {
        String message = error.message();
        String code = error.code().orElse("");
        List<?> details = error.body().list("errors");
        if (!details.isEmpty()) {
            error.message(message + " " + details);
        }
        boolean exhausted = code.equals("AB09") || error.status() == 412;
        boolean settings = error.status() == 400 || error.status() == 404 || message.contains("Provider  not found");
        if (exhausted) {
            error.judge(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.QUOTA);
        } else if (settings) {
            error.judge(ErrorKind.INVALID_REQUEST, ErrorReason.PROVIDER_SETTINGS);
            error.tryNext(true);
        } else if (code.equals("AB06")) {
            error.judgeByStatus(429);
        }
    }
}
