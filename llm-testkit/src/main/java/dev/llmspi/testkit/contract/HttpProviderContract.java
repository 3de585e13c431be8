package dev.llmspi.testkit.contract;

import dev.llmspi.api.ToolCall;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.wire.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * The contract for a provider that uses HTTP, with any protocol. A subclass defines four things: the factory, the
 * configuration, the body of a successful answer, and the body of an error. The other methods enable further rules; if
 * a method is not overridden, the rules that need it are skipped with a reason.
 *
 * <p>The subclass needs no server: a {@link dev.llmspi.testkit.FakeLlmServer} sends the bodies defined here.
 */
public abstract class HttpProviderContract extends LlmProviderContract {

    /** The number of input tokens reported by {@link #answer} and {@link #streamEnd}. */
    protected static final int INPUT_TOKENS = 11;

    /** The number of output tokens reported by {@link #answer} and {@link #streamEnd}. */
    protected static final int OUTPUT_TOKENS = 3;

    protected HttpProviderContract() {}

    /** Returns the factory under test, either a new one each time or always the same. */
    protected abstract LlmProviderFactory factory();

    /**
     * Returns a complete configuration block for the provider.
     *
     * @param baseUrl the base URL to which the provider sends its requests
     * @param key the key to configure
     * @return the values as they are read from HOCON: strings, numbers, lists and maps
     */
    protected abstract Map<String, ?> config(String baseUrl, String key);

    /**
     * Returns the body of a successful answer with the given text and the finish reason STOP. If the protocol reports
     * token usage, the body contains {@value #INPUT_TOKENS} input and {@value #OUTPUT_TOKENS} output tokens.
     */
    protected abstract String answer(String text);

    /** Returns the body of an error with the given status and human-readable message. */
    protected abstract String error(int status, String message);

    /** Returns whether answers report token usage. Default: true. */
    protected boolean tellsUsage() {
        return true;
    }

    /**
     * Returns whether the factory is packaged for users, that is, a public class that is registered for both the class
     * path and the module path. Default: true. Return false for a factory that only exists in tests.
     */
    protected boolean isShipped() {
        return true;
    }

    /**
     * Returns whether the provider itself retries immediately with a renewed key, as a client does. Default: false,
     * because a provider makes a single attempt.
     */
    protected boolean triesRenewedKey() {
        return false;
    }

    /**
     * Returns the body of a successful answer with these tool calls, with unchanged arguments and the finish reason
     * TOOL_CALLS.
     */
    protected String toolCalls(List<ToolCall> calls) {
        return Assumptions.abort("override toolCalls to test answers with tool calls");
    }

    /** Returns the content type of a stream. Default: {@code text/event-stream}. */
    protected String streamType() {
        return "text/event-stream";
    }

    /** Returns the beginning of a text stream. Default: nothing. */
    protected String streamStart() {
        return "";
    }

    /** Returns the stream event that contains the text, including the event's line endings. */
    protected String streamText(String text) {
        return Assumptions.abort("override streamText and streamEnd to test streams");
    }

    /** Returns the end of a complete text stream, with the token usage if the protocol reports it. */
    protected String streamEnd() {
        return Assumptions.abort("override streamText and streamEnd to test streams");
    }

    /** Returns the stream event that reports an error. */
    protected String streamError(String message) {
        return Assumptions.abort("override streamError to test errors in a stream");
    }

    /** Returns a complete stream with these tool calls, each with its arguments in at least two pieces. */
    protected List<String> streamToolCalls(List<ToolCall> calls) {
        return Assumptions.abort("override streamToolCalls to test streamed tool calls");
    }

    /** Returns the reply to a request for an unknown model. */
    protected FakeReply unknownModel() {
        return Assumptions.abort("override unknownModel to test unknown models");
    }

    /** Returns the reply to a conversation that is too long for the model. */
    protected FakeReply contextTooLong() {
        return Assumptions.abort("override contextTooLong to test conversations that are too long");
    }

    /** Returns a text as a JSON string, including the quotation marks. */
    protected static String json(String text) {
        return Json.quoted(text);
    }

    @Override
    protected final ContractBench bench() {
        return HttpBench.open(this);
    }
}
