package dev.llmspi.openai.wire;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.Message;
import dev.llmspi.api.spi.Secret;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Prepares a server's texts for errors and logs: removes the keys and prompts that the server echoes, joins the lines,
 * and limits the length. Each redactor belongs to one call.
 */
final class Redactor {

    private static final int LIMIT = 2 * 1024;
    private static final int LONGER = 2;
    /** The number of characters of a text that are examined. The rest of a longer text is ignored. */
    static final int EXAMINED = LONGER * LIMIT;

    private static final int NAME_LIMIT = 120;
    /** Stands for a part of the prompt while keys are redacted. */
    private static final String PROMPT_MARK = ToolCallIdMarks.FURTHER_MARK;

    private final List<Secret> secrets;
    private final Collection<String> headers;
    private final List<Message> messages;
    private final @Nullable ChatRequest request;
    private final Cancellation ended;
    /** The echoed parts of the texts that were compared with the request, all texts of an error at once. */
    private volatile Map<String, BitSet> compared = Map.of();
    /** The short prompts, which are computed when they are first needed. */
    private volatile @Nullable List<String> shortPrompts;

    /**
     * @param secrets the keys that were sent, including those in the users' headers
     * @param headers the values of the other headers that were sent
     * @param messages the conversation that was sent
     * @param request the whole request; null if it consists of the conversation
     * @param ended whether the call has ended, so that nothing needs to be shown
     */
    Redactor(
            List<Secret> secrets,
            Collection<String> headers,
            List<Message> messages,
            @Nullable ChatRequest request,
            Cancellation ended) {
        this.secrets = secrets;
        this.headers = headers;
        this.messages = messages;
        this.request = request;
        this.ended = ended;
    }

    Redactor(List<Secret> secrets, Collection<String> headers, List<Message> messages) {
        this(secrets, headers, messages, null, Cancellation.create());
    }

    /** Returns the redacted text on one line, truncated to at most 2048 characters. */
    String shown(String text) {
        return shown(text, LIMIT);
    }

    String shown(String text, int limit) {
        String said = examined(text);
        List<String> keys = secrets.stream().map(Secret::reveal).toList();
        ToolCallIdMarks ids = ToolCallIdMarks.of(said, messages, keys);
        String result = ids.marked(PromptRedaction.replaced(said, ids.withoutIds(said, echoed(said)), PROMPT_MARK));
        for (String key : keys) {
            result = KeyRedaction.withoutKey(result, key);
        }
        for (String header : headers) {
            if (header.length() >= PromptRedaction.SHORTEST && !PromptRedaction.hasOnlyErrorWords(header)) {
                result = result.replace(header, KeyRedaction.HIDDEN);
            }
        }
        for (String key : keys) {
            result = KeyRedaction.withoutPieces(result, key);
        }
        return cut(oneLine(ids.unmarked(result).replace(PROMPT_MARK, PromptRedaction.HIDDEN)), limit);
    }

    /** Returns the part of a text that is examined, without the data of images. */
    private static String examined(String text) {
        String said = text.length() > EXAMINED ? text.substring(0, EXAMINED) : text;
        return PromptRedaction.withoutData(said.replace(PROMPT_MARK, "?"));
    }

    private BitSet echoed(String text) {
        if (messages.isEmpty() || text.length() < PromptRedaction.SHORTEST) {
            return new BitSet();
        }
        BitSet known = compared.get(text);
        return known != null ? known : PromptRedaction.echoed(text, messages, request, ended);
    }

    /**
     * Returns a text without the parts that echo the request. The result may be used for classification, but not for
     * display.
     *
     * @param shown texts that will be displayed; comparing all texts with the request at once takes less time
     */
    String withoutRequest(String text, String... shown) {
        if (messages.isEmpty()) {
            return text;
        }
        StringBuilder all = new StringBuilder(PromptRedaction.withoutData(text));
        List<Integer> ends = new ArrayList<>(List.of(all.length()));
        for (String other : shown) {
            ends.add(all.append(Skeleton.SEPARATOR).append(examined(other)).length());
        }
        BitSet echoed = PromptRedaction.echoed(all.toString(), messages, request, ended);
        Map<String, BitSet> known = new HashMap<>(compared);
        for (int i = 1; i < ends.size(); i++) {
            int begin = ends.get(i - 1) + 1;
            known.put(all.substring(begin, ends.get(i)), echoed.get(begin, ends.get(i)));
        }
        compared = known;
        return PromptRedaction.replaced(all.substring(0, ends.get(0)), echoed.get(0, ends.get(0)), "\n");
    }

    /**
     * Redacts a name that the server assigned, such as a model name or an id. A text that looks like a name is not
     * compared with pieces of the prompt, because this comparison would otherwise be made for every answer.
     */
    String name(String name) {
        if (!looksLikeName(name)) {
            return shown(name, NAME_LIMIT);
        }
        String result = withoutKeys(name);
        if (result.length() >= PromptRedaction.SHORTEST) {
            for (String prompt : shortPrompts()) {
                result = PromptRedaction.withoutWhole(result, prompt);
            }
        }
        return result;
    }

    /** Redacts a name in an error. Unlike in an answer, a long name is compared with pieces of the prompt. */
    String nameInError(String name) {
        return name.length() < EchoSearch.PIECE ? name(name) : shown(name, NAME_LIMIT);
    }

    /** Returns the prompts that are so short that they could be part of a name. Usually there are none. */
    private List<String> shortPrompts() {
        List<String> known = shortPrompts;
        if (known == null) {
            List<String> found = new ArrayList<>(0);
            PromptTexts.forEach(messages, NAME_LIMIT + 1, prompt -> {
                if (prompt.length() >= PromptRedaction.SHORTEST && prompt.length() <= NAME_LIMIT) {
                    found.add(prompt.strip());
                }
            });
            shortPrompts = known = found;
        }
        return known;
    }

    private static boolean looksLikeName(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return text.length() <= NAME_LIMIT;
    }

    /** Builds the answer and removes keys from its metadata. */
    ChatResponse built(ChatResponse.Builder builder) {
        ChatResponse response = builder.build();
        boolean clean = true;
        for (Map.Entry<String, Object> entry : response.metadata().entrySet()) {
            Object value = withoutKeys(entry.getValue());
            if (!Objects.equals(value, entry.getValue())) {
                builder.metadata(entry.getKey(), value);
                clean = false;
            }
        }
        return clean ? response : builder.build();
    }

    private @Nullable Object withoutKeys(@Nullable Object value) {
        if (value instanceof String text) {
            return withoutKeys(text);
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> clean = new LinkedHashMap<>();
            map.forEach((name, member) -> clean.put(withoutKeys(name), withoutKeys(member)));
            return clean;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> clean = new ArrayList<>(list.size());
            list.forEach(element -> clean.add(withoutKeys(element)));
            return clean;
        }
        return value;
    }

    private String withoutKeys(String text) {
        String result = text;
        for (Secret secret : secrets) {
            result = KeyRedaction.withoutKeyInName(result, secret.reveal());
        }
        return result;
    }

    /** Replaces line breaks and control characters, so that the text takes up only one line in a log. */
    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            int c = text.codePointAt(i);
            boolean blank = Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || c == ' ';
            if (!blank) {
                line.appendCodePoint(Character.getType(c) == Character.FORMAT ? '?' : c);
            } else if (line.length() > 0 && line.charAt(line.length() - 1) != ' ') {
                line.append(' ');
            }
        }
        return line.toString().strip();
    }

    private static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
        return text.substring(0, end) + "…";
    }
}
