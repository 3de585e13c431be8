package dev.llmspi.testkit.contract;

import dev.llmspi.api.ToolCall;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.wire.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * The contract for a provider that is reached over HTTP, in whatever protocol. Its author answers four questions: which factory, which
 * configuration, what a success looks like, what an error looks like. With the other methods below more rules can be tried; what is
 * not overridden is skipped and says so.
 *
 * <p>The server is there already: a {@link dev.llmspi.testkit.FakeLlmServer} that sends the bodies given here.
 */
public abstract class HttpProviderContract extends LlmProviderContract {

    /** What {@link #answer} and the end of a stream say was used. */
    protected static final int INPUT_TOKENS = 11;

    /** What {@link #answer} and the end of a stream say was used. */
    protected static final int OUTPUT_TOKENS = 3;

    protected HttpProviderContract() {}

    /** The factory that is tested; a new one each time, or always the same. */
    protected abstract LlmProviderFactory factory();

    /**
     * A configuration block with everything the provider needs.
     *
     * @param baseUrl where the provider has to send its requests, below this path
     * @param key the key to configure as it would be in HOCON
     * @return values as in HOCON: texts, numbers, lists, maps
     */
    protected abstract Map<String, ?> config(String baseUrl, String key);

    /**
     * The body of a success with that text, complete (finish reason STOP), and with {@value #INPUT_TOKENS} and
     * {@value #OUTPUT_TOKENS} tokens used if the protocol tells.
     */
    protected abstract String answer(String text);

    /** The body of an error with that status, for people in that message. */
    protected abstract String error(int status, String message);

    /** Whether answers tell what was used. Default: yes. */
    protected boolean tellsUsage() {
        return true;
    }

    /**
     * Whether the factory is in a jar as it stands here: a public class, registered for class path and module path. Default: yes. Say
     * no for a factory that exists in the tests only.
     */
    protected boolean isShipped() {
        return true;
    }

    /** Whether what is tested tries a renewed key itself, at once, as a chain does. Default: no; a provider makes one attempt. */
    protected boolean triesRenewedKey() {
        return false;
    }

    /** The body of a success that wants these tools called (finish reason TOOL_CALLS), arguments as they stand in the calls. */
    protected String toolCalls(List<ToolCall> calls) {
        return Assumptions.abort("no answer with tool calls was given: override toolCalls");
    }

    /** The content type of a stream. Default: {@code text/event-stream}. */
    protected String streamType() {
        return "text/event-stream";
    }

    /** What a stream of text begins with. Default: nothing. */
    protected String streamStart() {
        return "";
    }

    /** What brings a piece of text in a stream, with its line ends. */
    protected String streamText(String text) {
        return Assumptions.abort("no stream was given: override streamText and streamEnd");
    }

    /** What makes a stream of text complete, with what was used if the protocol tells. */
    protected String streamEnd() {
        return Assumptions.abort("no stream was given: override streamText and streamEnd");
    }

    /** What tells of an error in the middle of a stream. */
    protected String streamError(String message) {
        return Assumptions.abort("no error in a stream was given: override streamError");
    }

    /** A whole stream with these tool calls, in pieces; the arguments of each call in at least two of them. */
    protected List<String> streamToolCalls(List<ToolCall> calls) {
        return Assumptions.abort("no stream of tool calls was given: override streamToolCalls");
    }

    /** What the server replies if it does not know the model. */
    protected FakeReply unknownModel() {
        return Assumptions.abort("no reply for an unknown model was given: override unknownModel");
    }

    /** What the server replies if the conversation is too long for the model. */
    protected FakeReply contextTooLong() {
        return Assumptions.abort("no reply for a conversation that is too long was given: override contextTooLong");
    }

    /** A text as JSON, with its quotes. */
    protected static String json(String text) {
        return Json.quoted(text);
    }

    @Override
    protected final ContractBench bench() {
        return HttpBench.open(this);
    }
}
