package dev.llmspi.openai.wire.error;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The codes, texts and members in an error reply, the innermost ones first. JSON inside a text is parsed as well.
 * Members in which servers echo the request are omitted. Immutable.
 */
public final class ErrorFacts {

    private final int status;
    private final List<List<String>> codes;
    private final List<String> texts;
    private final Map<String, List<String>> fields;

    private ErrorFacts(int status, ErrorFactsReader reader) {
        this.status = status;
        this.codes = innermostFirst(reader.codes());
        this.texts =
                innermostFirst(reader.texts()).stream().flatMap(List::stream).toList();
        this.fields = reader.fields();
    }

    /** Groups the entries by depth, and keeps their order within one depth. */
    private static List<List<String>> innermostFirst(List<ErrorFactsReader.Finding> findings) {
        Map<Integer, List<String>> byDepth = new TreeMap<>(Comparator.reverseOrder());
        for (ErrorFactsReader.Finding finding : findings) {
            byDepth.computeIfAbsent(finding.depth(), depth -> new ArrayList<>(2))
                    .add(finding.text());
        }
        return List.copyOf(byDepth.values());
    }

    /**
     * Reads an error reply.
     *
     * @param status the HTTP status
     * @param codes the codes that were sent in headers
     * @param body the JSON value, or the text of a body that is not JSON; null if it is empty
     * @param json the parser for JSON inside texts
     * @param withoutEcho a function that removes the request's texts from a text that the server sent; it is applied
     *     once, to all texts together, which {@code U+FFFF} separates, because it may read a long conversation
     * @return the facts
     */
    public static ErrorFacts of(
            int status, List<String> codes, @Nullable Object body, JsonText json, UnaryOperator<String> withoutEcho) {
        ErrorFactsReader reader = new ErrorFactsReader(json, withoutEcho);
        codes.forEach(reader::code);
        reader.read(body);
        reader.removeEchoes();
        return new ErrorFacts(status, reader);
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns the codes, grouped by depth, the innermost group first. */
    List<List<String>> codes() {
        return codes;
    }

    /** Returns the texts, the innermost first. They contain no URLs and no texts from the request. */
    public List<String> texts() {
        return texts;
    }

    /**
     * Returns the values of all members with the given name, at any depth. The name may include the parent's name, as
     * in {@code metadata.reason}.
     */
    public List<String> field(String name) {
        return fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    /** Returns the error statuses that the codes name, the innermost first. */
    List<Integer> namedStatuses() {
        List<Integer> named = new ArrayList<>(2);
        for (String code : codes.stream().flatMap(List::stream).toList()) {
            if (code.length() == 3 && (code.charAt(0) == '4' || code.charAt(0) == '5') && isNumber(code)) {
                named.add(Integer.valueOf(code));
            }
        }
        return named;
    }

    private static boolean isNumber(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Shows only the names of members, because their values may contain a prompt. */
    @Override
    public String toString() {
        return "ErrorFacts[" + status + ", " + fields.keySet() + "]";
    }
}
