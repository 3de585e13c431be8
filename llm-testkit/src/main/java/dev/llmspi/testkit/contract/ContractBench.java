package dev.llmspi.testkit.contract;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.ToolCall;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A provider under test, with methods that determine the outcome of its next call. Each rule gets a new bench. The
 * default methods skip the rules that need them.
 */
public interface ContractBench extends AutoCloseable {

    /** Returns the initialized provider. */
    LlmProvider provider();

    /** Makes the next call succeed with the text and the finish reason STOP. */
    void answers(String text);

    /**
     * Waits until the provider has been called the given number of times and each of these calls is waiting for its
     * answer.
     */
    void awaitCalls(int count) throws InterruptedException;

    /** Makes the next call succeed with these tool calls and the finish reason TOOL_CALLS. */
    default void callsTools(List<ToolCall> calls) {
        Assumptions.abort("this bench does not support tool calls");
    }

    /** Makes the next stream deliver the pieces and then end normally. */
    default void streams(List<String> pieces) {
        Assumptions.abort("this bench does not support streams");
    }

    /**
     * Makes the next stream deliver the tool calls, each with its arguments in several pieces, and then end normally.
     */
    default void streamsTools(List<ToolCall> calls) {
        Assumptions.abort("this bench does not support streamed tool calls");
    }

    /** Makes the next stream deliver the pieces and then end without a finish reason. */
    default void streamsThenEnds(List<String> pieces) {
        Assumptions.abort("this bench does not support streams");
    }

    /** Makes the next stream deliver the pieces and then nothing more until the stream is cancelled. */
    default void streamsThenHangs(List<String> pieces) {
        Assumptions.abort("this bench does not support streams");
    }

    /** Makes the next call fail with an error of this kind. */
    default void fails(ErrorKind kind) {
        Assumptions.abort("this bench does not support errors");
    }

    /** Makes the next call wait for an answer until the call is cancelled. */
    default void hangs() {
        Assumptions.abort("this bench does not support calls that hang");
    }

    /**
     * Returns the HTTP bench, which also provides the server, the factory and the configuration, or empty if the
     * provider does not use HTTP.
     */
    default Optional<HttpBench> http() {
        return Optional.empty();
    }

    /** Closes the provider and everything created for it. */
    @Override
    void close();
}
