package dev.llmspi.openai.wire.error;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Traverses an error body and collects the content of {@link ErrorFacts}. Each reader is used once. */
final class ErrorFactsReader {

    /** Members that contain messages. All names are in lower case. */
    private static final Set<String> MESSAGES = names("""
            message msg error_msg error_message errormessage errmsg err_msg status_msg statusmessage detail
            details description error_description error errors title raw cause html-message reason warning
            debug""");

    /** Members that contain codes or error types. */
    private static final Set<String> CODES = names("""
            code type __type status error error_type errortype error_code errorcode err_code errcode errno
            reason reasons status_code statuscode http_status provider_code provider_error_code
            limit_source name""");

    /** Members that echo the request or do not describe the error. */
    private static final Set<String> IGNORED = names("""
            input ctx loc param params parameters prompt messages request request_body body value
            failed_generation flagged_input patterns previous_errors links choices usage schema model url
            tools""");

    private static Set<String> names(String words) {
        return Set.of(words.strip().split("\\s+"));
    }

    /** The maximum nesting depth of objects, lists and JSON inside texts. */
    private static final int DEEPEST = 16;

    private static final int MOST_FIELDS = 200;
    /** The maximum number of values in maps and lists. */
    private static final int MOST_VALUES = 2_000;
    /** The maximum number of texts that are searched for JSON. */
    private static final int MOST_OPENED = 16;
    /** The maximum length of a text, in characters. Only the beginning and the end of a longer text are read. */
    private static final int LONGEST_TEXT = 4 * 1024;

    private static final int TAIL = 1024;
    private static final int LONGEST_CODE = 200;
    /** The maximum length of all texts together, in characters. */
    private static final int MOST_TEXT = 8 * 1024;
    /** The maximum length of all texts before the request is removed from them. */
    private static final int MOST_READ = 2 * MOST_TEXT;
    /** Separates the texts while the request is removed from them. */
    private static final char SEPARATOR = '\uFFFF';

    private static final Pattern ADDRESS = Pattern.compile("(?i)\\b(?:[a-z][a-z0-9]{1,9}://|www\\.)[^\\s\"'<>，。）]+");
    /** Matches the start of an echoed request in a text that is not JSON. */
    private static final Pattern ECHO = Pattern.compile("[\"'](?:input|ctx|loc|param|prompt|messages)[\"']\\s?:");
    /** Matches the refused value, which Pydantic includes in its message. */
    private static final Pattern INPUT_VALUE = Pattern.compile("input_value=.*?(?:, input_type=|$)", Pattern.DOTALL);
    /** Matches the start of an HTML page, as opposed to a message such as {@code <400> …}. */
    private static final Pattern PAGE = Pattern.compile("\\s{0,100}<[a-zA-Z!?]");

    private static final Pattern TITLE = Pattern.compile("<title[^>]{0,200}>([^<]{0,300})", Pattern.CASE_INSENSITIVE);

    /** A code or text, and the depth at which it was found. */
    record Finding(String text, int depth) {}

    private final JsonText json;
    private final UnaryOperator<String> withoutEcho;
    private final List<Finding> codes = new ArrayList<>();
    private final List<Finding> texts = new ArrayList<>();
    private final Map<String, List<String>> fields = new HashMap<>();
    private int fieldCount;
    private int valueCount;
    private int openedCount;
    private int left = MOST_READ;

    ErrorFactsReader(JsonText json, UnaryOperator<String> withoutEcho) {
        this.json = json;
        this.withoutEcho = withoutEcho;
    }

    List<Finding> codes() {
        return codes;
    }

    List<Finding> texts() {
        return texts;
    }

    Map<String, List<String>> fields() {
        return fields;
    }

    /** Adds a code from outside the body. */
    void code(String code) {
        codes.add(new Finding(code, 0));
    }

    void read(@Nullable Object body) {
        if (body instanceof String text) {
            text(text, 0);
        } else {
            value("", body, 0);
        }
    }

    private void value(String name, @Nullable Object value, int depth) {
        if (depth > DEEPEST || value == null || ++valueCount > MOST_VALUES) {
            return;
        }
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                member(name, String.valueOf(member.getKey()).toLowerCase(Locale.ROOT), member.getValue(), depth);
            }
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                value(name, element, depth + 1);
            }
        } else {
            scalar(name, value.toString(), depth);
        }
    }

    private void member(String parent, String name, @Nullable Object value, int depth) {
        boolean simple = !(value instanceof Map) && !(value instanceof List);
        field(parent, name, value == null || !simple || IGNORED.contains(name) ? "" : value.toString());
        if (!IGNORED.contains(name)) {
            value(name, value, simple ? depth : depth + 1);
        }
    }

    private void field(String parent, String name, String value) {
        if (++fieldCount <= MOST_FIELDS && value.length() <= LONGEST_CODE) {
            fields.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value);
            fields.computeIfAbsent(parent + "." + name, key -> new ArrayList<>(1))
                    .add(value);
        }
    }

    private void scalar(String name, String value, int depth) {
        boolean word = value.length() <= LONGEST_CODE && value.indexOf(' ') < 0 && !value.isEmpty();
        boolean code = word && CODES.contains(name);
        if (code) {
            codes.add(new Finding(value, depth));
        }
        if ((!code || name.equals("error")) && (MESSAGES.contains(name) || name.isEmpty())) {
            text(value, depth);
        }
    }

    /** Reads a text. JSON inside it is parsed, and the rest is read as words. */
    private void text(String text, int depth) {
        if (left <= 0 || text.isBlank() || depth > DEEPEST) {
            return;
        }
        String spoken = text;
        if (PAGE.matcher(text).lookingAt()) {
            Matcher title = TITLE.matcher(text);
            spoken = title.find() ? title.group(1) : "";
        } else if (text.indexOf('{') >= 0 && ++openedCount <= MOST_OPENED) {
            EmbeddedJson embedded = EmbeddedJson.of(text, json);
            embedded.values().forEach(value -> value("", value, depth + 1));
            spoken = embedded.words();
        }
        words(spoken, depth);
    }

    private void words(String text, int depth) {
        String words = text.length() <= LONGEST_TEXT
                ? text
                : text.substring(0, LONGEST_TEXT - TAIL) + "\n" + text.substring(text.length() - TAIL);
        // Searching for a fixed text first is much cheaper than trying a pattern, and most texts contain none of these.
        if (words.indexOf(':') >= 0) {
            Matcher echo = ECHO.matcher(words);
            words = echo.find() ? words.substring(0, echo.start()) : words;
        }
        if (words.contains("input_value=")) {
            words = INPUT_VALUE.matcher(words).replaceAll(" ");
        }
        if (words.contains("://") || words.contains("www.") || words.contains("WWW.")) {
            words = ADDRESS.matcher(words).replaceAll(" ");
        }
        words = words.length() > left ? words.substring(0, left) : words;
        if (!words.isBlank()) {
            texts.add(new Finding(words.replace(SEPARATOR, ' '), depth));
            left -= words.length();
        }
    }

    /** Removes the request from the texts, and then shortens them to the maximum length. */
    void removeEchoes() {
        if (texts.isEmpty()) {
            return;
        }
        String all = texts.stream().map(Finding::text).collect(Collectors.joining(" " + SEPARATOR));
        String[] own = withoutEcho.apply(all).split(" ?" + SEPARATOR, -1);
        List<Finding> found = List.copyOf(texts);
        texts.clear();
        int length = 0;
        for (int i = 0; i < own.length && length < MOST_TEXT; i++) {
            String words = own[i].substring(0, Math.min(own[i].length(), MOST_TEXT - length));
            if (!words.isBlank()) {
                texts.add(new Finding(words, found.get(i).depth()));
                length += words.length();
            }
        }
    }
}
