package dev.llmspi.it.field;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines below {@code --- expect}, which have this form:
 *
 * <pre>
 * text: …   reasoning: …        the exact text, plain or as a JSON string; default: none
 * finish: STOP                  default: STOP, or TOOL_CALLS if there are tool calls
 * raw: stop                     the server's finish reason; default: any
 * call: call_1 get_stock {"stock":"MSFT"}     ID (* for any), name, arguments; one line per tool call
 * usage: 19 21                  input and output tokens; - for a missing number; default: any
 * field: name JSON              a server field that the message keeps
 * call-field: 0 name JSON       a server field that a tool call keeps
 * note: words                   words in the notes of an attempt
 * error: SERVICE TRUNCATED      kind, and reason if it matters; text and reasoning: delivered before the error
 * says: words                   words in the error message
 * next: yes                     the next link is called and answers; default: no
 * posts: 4                      requests at the first link; default: 1
 * </pre>
 */
final class ExpectedReader {

    private final CaseReader reader;

    ExpectedReader(CaseReader reader) {
        this.reader = reader;
    }

    Expected read(List<CaseReader.Entry> entries) {
        String text = "";
        String reasoning = "";
        FinishReason finish = null;
        String raw = null;
        List<Expected.Call> calls = new ArrayList<>();
        Expected.Tokens usage = null;
        Map<String, String> fields = new LinkedHashMap<>();
        Map<String, String> callFields = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        List<String> says = new ArrayList<>();
        String error = null;
        boolean next = false;
        int posts = 1;
        for (CaseReader.Entry entry : entries) {
            switch (entry.key()) {
                case "text" -> text = entry.text();
                case "reasoning" -> reasoning = entry.text();
                case "finish" -> finish = FinishReason.valueOf(entry.value());
                case "raw" -> raw = entry.text();
                case "call" -> calls.add(call(entry.value()));
                case "usage" -> usage = usage(entry.value());
                case "field" -> put(fields, entry.value(), 1);
                case "call-field" -> put(callFields, entry.value(), 2);
                case "note" -> notes.add(entry.text());
                case "error" -> error = entry.value();
                case "says" -> says.add(entry.text());
                case "next" -> next = isYes(entry.value());
                case "posts" -> posts = Integer.parseInt(entry.value());
                default -> throw reader.wrong("unknown: " + entry.key());
            }
        }
        if (error == null && (next || !says.isEmpty())) {
            throw reader.wrong("says and next belong to an error");
        }
        return new Expected(
                text,
                reasoning,
                finish != null ? finish : calls.isEmpty() ? FinishReason.STOP : FinishReason.TOOL_CALLS,
                raw,
                List.copyOf(calls),
                usage,
                Map.copyOf(fields),
                Map.copyOf(callFields),
                List.copyOf(notes),
                error == null ? null : failure(error, says, next),
                posts);
    }

    private boolean isYes(String word) {
        if (!word.equals("yes") && !word.equals("no")) {
            throw reader.wrong("yes or no, not " + word);
        }
        return word.equals("yes");
    }

    private Expected.Call call(String value) {
        String[] words = value.split(" ", 3);
        if (words.length < 3) {
            throw reader.wrong("a call is id, name and arguments, not: " + value);
        }
        String arguments = words[2].startsWith("\"") ? JsonText.string(words[2]) : words[2];
        return new Expected.Call(words[0].equals("*") ? null : words[0], words[1], arguments);
    }

    private static Expected.Tokens usage(String value) {
        String[] counts = value.split(" ", 2);
        return new Expected.Tokens(count(counts[0]), count(counts[1]));
    }

    private static @Nullable Long count(String word) {
        return word.equals("-") ? null : Long.valueOf(word);
    }

    /** Adds a field. Its name can consist of several words, and its JSON value is the rest of the line. */
    private static void put(Map<String, String> fields, String value, int words) {
        int at = -1;
        for (int i = 0; i < words; i++) {
            at = value.indexOf(' ', at + 1);
        }
        String json = value.substring(at + 1);
        JsonText.read(json);
        fields.put(value.substring(0, at), json);
    }

    private static Expected.Failure failure(String value, List<String> says, boolean next) {
        String[] words = value.split(" ", 2);
        return new Expected.Failure(
                ErrorKind.valueOf(words[0]),
                words.length < 2 ? null : ErrorReason.valueOf(words[1]),
                List.copyOf(says),
                next);
    }
}
