package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ToolCall;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/**
 * The signature that Gemini wants with the first tool call of each answer in the round that goes on. Without it a
 * request is refused: 400, "Function call is missing a thought_signature". A call that another model made has none;
 * Google's page "Thought Signatures" names two words that stand in for it. Only {@code
 * skip_thought_signature_validator} works at both of its services: for the other one Vertex answers "missing"
 * (pydantic/pydantic-ai#3881). It is sent as it stands and with the first call only, as Google describes it.
 */
final class GeminiSignature {

    private static final String FIELD = "extra_content";
    private static final String SIGNATURE = "thought_signature";
    private static final String STAND_IN = "skip_thought_signature_validator";

    private GeminiSignature() {}

    static boolean isGemini(String model) {
        return model.toLowerCase(Locale.ROOT).contains("gemini");
    }

    /** Whether a call came with a signature where the stand-in would be, so that its server reads them there. */
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
     * Whether the first call of a message needs the stand-in. Not where any call has a signature, wherever a gateway
     * puts it: of calls made at once only the first one has.
     *
     * @param withFields whether what came with the calls goes back
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

    /** Writes the stand-in into the call that is open. */
    static void writeStandIn(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(FIELD);
        json.writeObjectFieldStart("google");
        json.writeStringField(SIGNATURE, STAND_IN);
        json.writeEndObject();
        json.writeEndObject();
    }
}
