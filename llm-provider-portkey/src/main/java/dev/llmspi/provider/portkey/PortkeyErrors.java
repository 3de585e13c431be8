package dev.llmspi.provider.portkey;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.openai.wire.JsonObject;
import dev.llmspi.openai.wire.WireError;
import java.util.ArrayList;
import java.util.List;

/**
 * Classifies errors that the gateway itself creates, which have {@code status: failure} or {@code success: false}. Most
 * errors come from the upstream. The common rules cover these, even if the message contains the upstream's JSON.
 */
final class PortkeyErrors {

    private static final int GUARDRAIL_DENIED = 446;

    private PortkeyErrors() {}

    static void judge(WireError error) {
        String type = error.error().text("type").orElse("");
        if (error.status() == GUARDRAIL_DENIED || type.equals("hooks_failed")) {
            judgeGuardrail(error);
        } else if (isGatewaysOwn(error)) {
            judgeGateways(error);
        }
    }

    /**
     * Classifies an error as filtered content and names the failed checks. The message omits the words that the checks
     * found, because they come from the prompt.
     */
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
        error.message(
                "a guardrail of the gateway denied the call" + (checks.isEmpty() ? "" : "; failed checks: " + checks));
    }

    private static boolean isGatewaysOwn(WireError error) {
        JsonObject body = error.body();
        return body.text("status").orElse("").equals("failure") || Boolean.FALSE.equals(body.value("success"));
    }

    private static void judgeGateways(WireError error) {
        String message = error.message();
        List<?> details = error.body().list("errors");
        if (!details.isEmpty()) {
            error.message(message + " " + details);
        }
        boolean open = error.kind() == ErrorKind.INVALID_REQUEST
                && error.reason().orElse(null) != ErrorReason.CONTENT_FILTERED;
        if (open && (error.status() == 400 || error.status() == 404) || message.contains("Provider  not found")) {
            error.judge(ErrorKind.INVALID_REQUEST, ErrorReason.PROVIDER_SETTINGS);
            error.tryNext(true);
        }
    }
}
