package dev.llmspi.testkit.contract;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.ToolCall;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A provider under test, and the means to decide what its next call meets. Made anew for every rule. What a bench cannot arrange
 * it leaves as it is here: the rules that need it are skipped.
 */
public interface ContractBench extends AutoCloseable {

    /** The provider, initialized. */
    LlmProvider provider();

    /** The next call is answered with the text, finish reason STOP. */
    void answers(String text);

    /** Waits until the provider has been called that often, up to the point where it waits for the answer. */
    void awaitCalls(int count) throws InterruptedException;

    /** The next call is answered with these tool calls, finish reason TOOL_CALLS. */
    default void callsTools(List<ToolCall> calls) {
        Assumptions.abort("this bench arranges no tool calls");
    }

    /** The next stream brings the pieces, one after the other, and is complete. */
    default void streams(List<String> pieces) {
        Assumptions.abort("this bench arranges no streams");
    }

    /** The next stream brings the tool calls, the arguments of each in several pieces, and is complete. */
    default void streamsTools(List<ToolCall> calls) {
        Assumptions.abort("this bench arranges no streams of tool calls");
    }

    /** The next stream brings the pieces and then just ends. */
    default void streamsThenEnds(List<String> pieces) {
        Assumptions.abort("this bench arranges no streams");
    }

    /** The next stream brings the pieces and then nothing, until it is cancelled. */
    default void streamsThenHangs(List<String> pieces) {
        Assumptions.abort("this bench arranges no streams");
    }

    /** The next call fails in the way that has this kind. */
    default void fails(ErrorKind kind) {
        Assumptions.abort("this bench arranges no errors");
    }

    /** The next call gets no answer until it is cancelled. */
    default void hangs() {
        Assumptions.abort("this bench arranges no silence");
    }

    /** The server, the factory and the configuration behind the provider; empty if it has no wire. */
    default Optional<HttpBench> http() {
        return Optional.empty();
    }

    /** Closes the provider and whatever was made for it. */
    @Override
    void close();
}
