package dev.llmspi.core.call;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.routing.ResolvedLink;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Warns once when a link refuses several requests in a row that a later link then answers. In that case, part of the
 * configuration does not fit the link's server, and every call wastes a request. An answer from the link resets its
 * count. Calls that no link answers are not counted. The log stays empty while no link refuses a request. Safe for use
 * by many threads.
 */
final class RefusalLog {

    private static final int IN_A_ROW = 5;
    /**
     * The largest number of counts to keep. When it is reached, all counts are cleared, because callers may use any
     * number of model names.
     */
    private static final int MANY = 1_000;

    /**
     * Fields that a request can do without. The warning contains only these names and nothing else from the server's
     * error message. Names that are also everyday English words are recognised only within quotation marks.
     */
    private static final Pattern FIELD = Pattern.compile("\\b(stream_options|temperature|top_p|top_k|min_p"
            + "|max_tokens|max_completion_tokens|parallel_tool_calls|reasoning_effort|reasoning_content"
            + "|frequency_penalty|presence_penalty|repetition_penalty|logit_bias|logprobs|top_logprobs"
            + "|cache_control|prompt_cache_key|service_tier|safety_identifier|require_parameters"
            + "|(?<=['\"`])(?:metadata|provider|reasoning|seed|stop|store|thinking|usage|user)(?=['\"`]))\\b");

    /** Identifies a link. It includes the model, because one model of a provider may refuse what another accepts. */
    private record Link(String provider, String model) {}

    /** A link that refused a request, with the error that it returned. */
    record Refusal(ResolvedLink link, LlmException error) {}

    private final Logger log;
    private final Map<Link, Integer> counts = new ConcurrentHashMap<>();

    RefusalLog(Logger log) {
        this.log = log;
    }

    /** Whether an error is a server's refusal that a setting can prevent, rather than a refusal of the content. */
    static boolean isRefusal(LlmException error) {
        ErrorReason reason = error.reason().orElse(null);
        return error.requestSent()
                && (error.kind() == ErrorKind.INVALID_REQUEST && reason != ErrorReason.CONTENT_FILTERED
                        || reason == ErrorReason.MISSING_CAPABILITY
                        || reason == ErrorReason.MODEL_NOT_FOUND);
    }

    /**
     * Records that a link has answered a call.
     *
     * @param refusals the refusals by the links that were tried before it
     */
    void answered(ResolvedLink link, List<Refusal> refusals) {
        if (!counts.isEmpty()) {
            counts.remove(key(link));
        }
        for (Refusal refusal : refusals) {
            if (counts.size() >= MANY) {
                counts.clear();
            }
            int count = counts.merge(key(refusal.link()), 1, (known, one) -> Math.min(known + one, IN_A_ROW + 1));
            if (count == IN_A_ROW) {
                log.log(Level.WARNING, () -> warning(refusal, link.name()));
            }
        }
    }

    private static Link key(ResolvedLink link) {
        return new Link(link.name(), link.model().orElse(""));
    }

    private static String warning(Refusal refusal, String answering) {
        String name = refusal.link().name();
        LlmException error = refusal.error();
        return "provider \"" + name + "\""
                + refusal.link().model().map(model -> " (" + model + ")").orElse("")
                + " refused " + IN_A_ROW + " calls in a row that \"" + answering + "\" then answered"
                + (error.status().isPresent() ? " (HTTP " + error.status().getAsInt() + ")" : "")
                + ": " + advice("llm.providers." + name, error);
    }

    private static String advice(String block, LlmException error) {
        ErrorReason reason = error.reason().orElse(null);
        if (reason == ErrorReason.MISSING_CAPABILITY) {
            return "it cannot do what they need; put it later in the chain, or list what its models can do in " + block
                    + ".model-capabilities";
        }
        if (reason == ErrorReason.MODEL_NOT_FOUND) {
            return "it does not offer this model; name another one for it, such as in " + block + ".default-model";
        }
        if (reason == ErrorReason.PROVIDER_SETTINGS) {
            return "its own settings do not fit; check " + block + ".base-url and the keys beside it";
        }
        String said = String.valueOf(error.getMessage());
        Matcher field = FIELD.matcher(said);
        return field.find()
                ? "its error names the field " + field.group() + "; " + without(field.group(), said, block)
                : "leave out the field that it refuses with " + block + ".request { omit = [...] }, put it"
                        + " later in the chain, or end such calls with " + block + ".fallback";
    }

    private static String without(String field, String said, String block) {
        return field.equals("max_tokens") && said.contains("max_completion_tokens")
                ? "rename it with " + block + ".request { rename { max_tokens = max_completion_tokens } }"
                : "leave it out with " + block + ".request { omit = [" + field + "] }";
    }
}
