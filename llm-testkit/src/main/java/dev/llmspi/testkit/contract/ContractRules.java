package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** What the groups of rules share: the bench of the rule, calls, and reasons to skip. */
abstract class ContractRules {

    static final String MODEL = "contract-model";

    private final LlmProviderContract contract;

    ContractRules(LlmProviderContract contract) {
        this.contract = contract;
    }

    final ContractBench bench() {
        return contract.opened();
    }

    /** The bench with its server; skips the rule if the provider has none. */
    final HttpBench http() {
        return bench().http().orElseGet(() -> Assumptions.abort("this provider has no wire"));
    }

    /** The answers of the provider's author; skips the rule if the provider has no factory and no wire. */
    final HttpProviderContract author() {
        return contract instanceof HttpProviderContract author
                ? author
                : Assumptions.abort("this provider has no factory and no wire");
    }

    /** Another provider with a server of its own, to be closed; skips the rule if there cannot be one. */
    final HttpBench fresh() {
        HttpProviderContract author = author();
        http();
        return HttpBench.open(author);
    }

    final LlmProvider provider() {
        return bench().provider();
    }

    /** The name the provider must have; of one without a wire, the name it says it has. */
    final String name() {
        return bench().http().isPresent() ? HttpBench.NAME : provider().name();
    }

    static ChatRequest hello() {
        return ask("Say hello.");
    }

    static ChatRequest ask(String prompt) {
        return ChatRequest.builder().user(prompt).model(MODEL).build();
    }

    final ChatResponse chat() {
        return chat(hello(), CallContext.create());
    }

    /** An answer; skips the rule if there is none at all. */
    final ChatResponse chat(ChatRequest request, CallContext context) {
        ChatResponse answer = provider().chat(request, context);
        return answer != null ? answer : Assumptions.abort("chat gave null: rule 3.1 tells of it");
    }

    final ChatStream stream() {
        return stream(hello());
    }

    /** A stream; skips the rule if there is none at all. */
    final ChatStream stream(ChatRequest request) {
        ChatStream stream = provider().stream(request, CallContext.create());
        return stream != null ? stream : Assumptions.abort("stream gave null: rule 5.1 tells of it");
    }

    /** The events of a stream to its end. */
    static List<ChatStreamEvent> events(ChatStream stream) {
        List<ChatStreamEvent> events = new ArrayList<>();
        try (stream) {
            for (ChatStreamEvent event : stream) {
                events.add(event);
            }
        }
        return events;
    }

    /** The error a chat ends with. */
    final LlmException error() {
        return error(() -> provider().chat(hello(), CallContext.create()));
    }

    /** The error a stream ends with, at its beginning or while it is read. */
    final LlmException streamError() {
        return error(() -> provider().stream(hello(), CallContext.create()).collect());
    }

    interface Action {
        Object run();
    }

    /** The error an action ends with. */
    static LlmException error(Action action) {
        try {
            Object answer = action.run();
            return fail("there should be an error, and there is an answer: " + answer);
        } catch (LlmException e) {
            assertNotNull(e.getMessage());
            return e;
        } catch (RuntimeException | LinkageError e) {
            return fail("there should be an LlmException, and there is " + e, e);
        }
    }
}
