package dev.llmspi.testkit.contract;

import dev.llmspi.api.ToolCall;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.wire.OpenAiBodies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The contract for a provider that uses OpenAI's protocol. It defines all bodies, so a dialect of
 * {@code llm-openai-wire} only needs to define its factory, and its configuration if it requires more than
 * {@code base-url} and {@code api-key}.
 */
public abstract class OpenAiWireContract extends HttpProviderContract {

    private static final OpenAiBodies BODIES = new OpenAiBodies();

    protected OpenAiWireContract() {}

    /** Returns a configuration with {@code base-url} and {@code api-key} only. */
    @Override
    protected Map<String, ?> config(String baseUrl, String key) {
        return Map.of("base-url", baseUrl, "api-key", key);
    }

    @Override
    protected String answer(String text) {
        return BODIES.answer(ContractRules.MODEL, text);
    }

    @Override
    protected String error(int status, String message) {
        return BODIES.error(status, "contract", message);
    }

    @Override
    protected String toolCalls(List<ToolCall> calls) {
        return BODIES.toolCalls(
                ContractRules.MODEL,
                calls.stream().map(OpenAiWireContract::written).toList());
    }

    @Override
    protected String streamStart() {
        return BODIES.streamStart(ContractRules.MODEL);
    }

    @Override
    protected String streamText(String text) {
        return BODIES.streamText(ContractRules.MODEL, text);
    }

    @Override
    protected String streamEnd() {
        return BODIES.streamEnd(ContractRules.MODEL, "stop");
    }

    @Override
    protected String streamError(String message) {
        return BODIES.streamError(500, "server_error", message);
    }

    /** Returns each call without its arguments first, followed by the arguments in pieces, as OpenAI sends them. */
    @Override
    protected List<String> streamToolCalls(List<ToolCall> calls) {
        List<String> pieces = new ArrayList<>(List.of(streamStart()));
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            pieces.add(BODIES.streamCall(ContractRules.MODEL, i, written(call)));
            String arguments = call.arguments();
            int third = (arguments.length() + 2) / 3;
            for (int at = 0; at < arguments.length(); at += third) {
                String fragment = arguments.substring(at, Math.min(arguments.length(), at + third));
                pieces.add(BODIES.streamArguments(ContractRules.MODEL, i, fragment));
            }
        }
        pieces.add(BODIES.streamEnd(ContractRules.MODEL, "tool_calls"));
        return pieces;
    }

    @Override
    protected FakeReply unknownModel() {
        return FakeReply.json(404, BODIES.error(404, "model_not_found", "The model does not exist"));
    }

    @Override
    protected FakeReply contextTooLong() {
        return FakeReply.json(
                400,
                BODIES.error(400, "context_length_exceeded", "This model's maximum context length is 8192 tokens"));
    }

    private static OpenAiBodies.Call written(ToolCall call) {
        return new OpenAiBodies.Call(call.id(), call.name(), call.arguments());
    }
}
