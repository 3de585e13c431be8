package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/**
 * The base class of all rule groups. It gives access to the bench, makes calls, and skips rules that cannot be tested.
 */
abstract class ContractRules {

    static final String MODEL = "contract-model";

    private final LlmProviderContract contract;

    ContractRules(LlmProviderContract contract) {
        this.contract = contract;
    }

    final ContractBench bench() {
        return contract.opened();
    }

    /** Returns the bench with its server, or skips the rule if the provider does not use HTTP. */
    final HttpBench http() {
        return bench().http().orElseGet(() -> Assumptions.abort("this provider does not use HTTP"));
    }

    /** Returns the contract's subclass, or skips the rule if the provider has no factory and does not use HTTP. */
    final HttpProviderContract author() {
        return contract instanceof HttpProviderContract author
                ? author
                : Assumptions.abort("this provider has no factory and does not use HTTP");
    }

    /**
     * Returns another bench with a provider and a server of its own, which the caller must close. Skips the rule if the
     * bench cannot be created.
     */
    final HttpBench fresh() {
        HttpProviderContract author = author();
        http();
        return HttpBench.open(author);
    }

    final LlmProvider provider() {
        return bench().provider();
    }

    /** Returns the expected name of the provider, or its actual name if it does not use HTTP. */
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

    /** Returns the answer to a request, or skips the rule if the provider returns null. */
    final ChatResponse chat(ChatRequest request, CallContext context) {
        ChatResponse answer = provider().chat(request, context);
        return answer != null ? answer : Assumptions.abort("chat returned null, see rule 3.1");
    }

    final ChatStream stream() {
        return stream(hello());
    }

    /** Opens and returns a stream, or skips the rule if the provider returns null. */
    final ChatStream stream(ChatRequest request) {
        ChatStream stream = provider().stream(request, CallContext.create());
        return stream != null ? stream : Assumptions.abort("stream returned null, see rule 5.1");
    }

    /**
     * Asserts that an answer reports the token usage defined by {@link HttpProviderContract#answer} and
     * {@link HttpProviderContract#streamEnd}.
     */
    static void assertUsage(ChatResponse answer) {
        assertEquals(
                HttpProviderContract.INPUT_TOKENS, answer.usage().inputTokens().orElse(-1));
        assertEquals(
                HttpProviderContract.OUTPUT_TOKENS,
                answer.usage().outputTokens().orElse(-1));
    }

    /** Reads a stream to its end and returns its events. */
    static List<ChatStreamEvent> events(ChatStream stream) {
        List<ChatStreamEvent> events = new ArrayList<>();
        try (stream) {
            for (ChatStreamEvent event : stream) {
                events.add(event);
            }
        }
        return events;
    }

    /** Returns the error that a chat throws. */
    final LlmException error() {
        return error(() -> provider().chat(hello(), CallContext.create()));
    }

    /** Returns the error that a stream throws when it is opened or read. */
    final LlmException streamError() {
        return error(() -> provider().stream(hello(), CallContext.create()).collect());
    }

    interface Action {
        Object run();
    }

    /** Returns the error that an action throws. */
    static LlmException error(Action action) {
        try {
            Object answer = action.run();
            return fail("expected an error, but the call returned " + answer);
        } catch (LlmException e) {
            assertNotNull(e.getMessage());
            return e;
        } catch (RuntimeException | LinkageError e) {
            return fail("expected an LlmException, but got " + e, e);
        }
    }
}
