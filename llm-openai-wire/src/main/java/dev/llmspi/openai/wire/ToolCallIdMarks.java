package dev.llmspi.openai.wire;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Protects tool call ids in a server's text while keys and prompts are redacted. An id is not a secret, and an engineer
 * needs it to find the call. However, the id may look like part of a key, or a tool may have repeated it in its result.
 * Each id is therefore replaced by a one-character mark while keys are redacted, and restored at the end.
 */
final class ToolCallIdMarks {

    private static final int MOST = 32;
    private static final char FIRST_MARK = '\uE000';
    /** A mark for something other than an id. */
    static final String FURTHER_MARK = String.valueOf((char) (FIRST_MARK + MOST));

    private static final Pattern MARKS = Pattern.compile("[" + FIRST_MARK + "-" + (char) (FIRST_MARK + MOST - 1) + "]");

    private static final int SHORTEST = 6;
    private static final List<String> PREFIXES = List.of("call_", "toolu_", "tooluse_", "chatcmpl-tool-", "fc_");
    /** Matches the servers' id formats, because an error may contain an id that is not in the request. */
    private static final Pattern ID = Pattern.compile(
            "(?<![A-Za-z0-9])(?:" + String.join("|", PREFIXES) + ")(?=[A-Za-z]{0,60}[0-9])[A-Za-z0-9]{6,64}");

    /** The ids in the order of their marks. */
    private final List<String> ids;

    private ToolCallIdMarks(List<String> ids) {
        this.ids = ids;
    }

    /** @param keys the keys that were sent; a part of a key never counts as an id */
    static ToolCallIdMarks of(String text, List<Message> messages, List<String> keys) {
        Set<String> found = new LinkedHashSet<>();
        for (Message message : messages) {
            if (message instanceof AssistantMessage assistant) {
                for (ToolCall call : assistant.toolCalls()) {
                    addIfIn(text, call.id(), found);
                }
            } else if (message instanceof ToolMessage result) {
                addIfIn(text, result.toolCallId(), found);
            }
        }
        if (PREFIXES.stream().anyMatch(text::contains)) {
            for (Matcher matcher = ID.matcher(text); matcher.find(); ) {
                found.add(matcher.group());
            }
        }
        List<String> ids = new ArrayList<>(found);
        ids.removeIf(id -> keys.stream().anyMatch(key -> key.contains(id)));
        ids.sort((a, b) -> b.length() - a.length()); // an id may be the beginning of a longer one
        return new ToolCallIdMarks(ids.size() > MOST ? ids.subList(0, MOST) : ids);
    }

    private static void addIfIn(String text, String id, Set<String> found) {
        if (id.length() >= SHORTEST && text.contains(id)) {
            found.add(id);
        }
    }

    /**
     * Returns the echoed parts of a text without those that consist of ids and a few other characters. The request may
     * contain an id several times, for example because a tool repeated it.
     */
    BitSet withoutIds(String text, BitSet echoed) {
        if (ids.isEmpty()) {
            return echoed;
        }
        BitSet others = new BitSet();
        others.or(echoed);
        for (String id : ids) {
            for (int at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + id.length())) {
                others.clear(at, at + id.length());
            }
        }
        BitSet result = new BitSet();
        for (int begin = echoed.nextSetBit(0), end; begin >= 0; begin = echoed.nextSetBit(end)) {
            end = echoed.nextClearBit(begin);
            BitSet part = others.get(begin, end);
            if (part.cardinality() == end - begin || part.cardinality() >= EchoSearch.PIECE) {
                result.set(begin, end);
            }
        }
        return result;
    }

    static boolean isMark(char c) {
        return c >= FIRST_MARK && c <= FIRST_MARK + MOST;
    }

    /** Returns the text with each id replaced by its mark. */
    String marked(String text) {
        if (ids.isEmpty()) {
            return text;
        }
        String result = MARKS.matcher(text).replaceAll("?");
        for (int i = 0; i < ids.size(); i++) {
            result = result.replace(ids.get(i), mark(i));
        }
        return result;
    }

    /** Returns the text with each mark replaced by its id. */
    String unmarked(String text) {
        String result = text;
        for (int i = 0; i < ids.size(); i++) {
            result = result.replace(mark(i), ids.get(i));
        }
        return result;
    }

    private static String mark(int i) {
        return String.valueOf((char) (FIRST_MARK + i));
    }
}
