package dev.llmspi.provider.openai;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.openai.wire.WireError;
import java.util.Locale;

/**
 * Recognises errors from servers other than OpenAI's that the common rules do not cover. These are a missing deployment
 * at Azure, a missing model at Ollama, an exceeded context length in llama.cpp and an exhausted budget in LiteLLM.
 */
final class ServerErrors {

    private ServerErrors() {}

    static void judge(WireError error) {
        String word = error.code().orElse("") + " " + error.error().text("type").orElse("");
        String said = error.message().toLowerCase(Locale.ROOT);
        boolean refused = error.status() == 400;
        if (word.contains("exceed_context_size") || refused && said.contains("contextwindowexceeded")) {
            error.judge(ErrorKind.MODEL, ErrorReason.CONTEXT_LENGTH);
        } else if (word.contains("budget_exceeded")) {
            error.judge(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.QUOTA);
        } else if (error.status() == 404
                && (word.contains("DeploymentNotFound") || said.startsWith("model ") && said.contains("not found"))) {
            error.judge(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND);
        }
    }
}
