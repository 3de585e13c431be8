package dev.llmspi.testkit;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.ToolCall;
import dev.llmspi.testkit.contract.ContractBench;
import dev.llmspi.testkit.contract.LlmProviderContract;
import java.util.ArrayList;
import java.util.List;

/** Applies the contract to a provider that does not use HTTP. */
class ScriptedProviderContractTest extends LlmProviderContract {

    @Override
    protected ContractBench bench() {
        return new Script();
    }

    private static final class Script implements ContractBench {
        private final ScriptedProvider provider = ScriptedProvider.named("scripted");

        @Override
        public LlmProvider provider() {
            return provider;
        }

        @Override
        public void answers(String text) {
            provider.answers(text);
        }

        @Override
        public void callsTools(List<ToolCall> calls) {
            provider.answers(ChatResponse.builder(
                            AssistantMessage.builder().toolCalls(calls).build())
                    .finishReason(FinishReason.TOOL_CALLS)
                    .provider(provider.name())
                    .build());
        }

        @Override
        public void streams(List<String> pieces) {
            provider.streamsText(pieces.toArray(String[]::new));
        }

        @Override
        public void streamsTools(List<ToolCall> calls) {
            List<ChatStreamEvent> events = new ArrayList<>();
            for (int i = 0; i < calls.size(); i++) {
                ToolCall call = calls.get(i);
                events.add(new ChatStreamEvent.ToolCallDelta(i, call.id(), call.name(), ""));
                events.add(new ChatStreamEvent.ToolCallDelta(i, call.id(), call.name(), call.arguments()));
                events.add(new ChatStreamEvent.ToolCallComplete(i, call));
            }
            events.add(ChatStreamEvent.Finish.of(FinishReason.TOOL_CALLS));
            provider.streams(events.toArray(ChatStreamEvent[]::new));
        }

        private static ChatStreamEvent[] deltas(List<String> pieces) {
            return pieces.stream().map(ChatStreamEvent.TextDelta::new).toArray(ChatStreamEvent[]::new);
        }

        @Override
        public void streamsThenEnds(List<String> pieces) {
            provider.streams(deltas(pieces));
        }

        @Override
        public void streamsThenHangs(List<String> pieces) {
            provider.streamsThenHangs(deltas(pieces));
        }

        @Override
        public void fails(ErrorKind kind) {
            provider.fails(kind);
        }

        @Override
        public void hangs() {
            provider.hangs();
        }

        @Override
        public void awaitCalls(int count) throws InterruptedException {
            provider.awaitCalls(count);
        }

        @Override
        public void close() {
            provider.close();
        }
    }
}
