package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ToolCall;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/**
 * The signature that Gemini requires with the first tool call of each answer in the current round. Without it, Gemini
 * rejects the request with the status 400 and the message "Function call is missing a thought_signature". A tool call
 * from another model has no signature, and Google's page "Thought Signatures" documents two placeholders for this case.
 * Only {@code skip_thought_signature_validator} works with both of Google's services, because Vertex treats the other
 * placeholder as a missing signature (pydantic/pydantic-ai#3881). As documented by Google, the placeholder is sent
 * unencoded and with the first call only.
 */
final class GeminiSignature {

    private static final String FIELD = "extra_content";
    private static final String SIGNATURE = "thought_signature";
    private static final String PLACEHOLDER = "skip_thought_signature_validator";

    private GeminiSignature() {}

    static boolean isGemini(String model) {
        return model.toLowerCase(Locale.ROOT).contains("gemini");
    }

    /**
     * Whether a tool call arrived with its signature in the field that the placeholder uses, which shows that the
     * server reads this field.
     */
    static boolean isSignedInPlace(AssistantMessage message) {
        for (int i = 0; i < message.toolCalls().size(); i++) {
            String field = message.toolCalls().get(i).providerFields().get(FIELD);
            if (field != null && field.contains(SIGNATURE)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the first tool call in a message needs the placeholder. It needs none if any call in the message has a
     * signature, in whatever field a gateway put it. Of parallel calls, only the first one has a signature.
     *
     * @param withFields whether the fields that arrived with the calls are sent back
     */
    static boolean isMissing(AssistantMessage message, boolean withFields) {
        if (message.toolCalls().isEmpty()) {
            return false;
        }
        if (!withFields) {
            return true;
        }
        for (ToolCall call : message.toolCalls()) {
            for (Map.Entry<String, String> field : call.providerFields().entrySet()) {
                if (field.getKey().equals(FIELD) || field.getValue().contains(SIGNATURE)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Writes the placeholder into the tool call that is being written. */
    static void writePlaceholder(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(FIELD);
        json.writeObjectFieldStart("google");
        json.writeStringField(SIGNATURE, PLACEHOLDER);
        json.writeEndObject();
        json.writeEndObject();
    }
}
