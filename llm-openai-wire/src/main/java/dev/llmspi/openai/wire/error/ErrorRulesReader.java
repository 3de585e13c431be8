package dev.llmspi.openai.wire.error;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.openai.wire.error.ErrorRule.Find;
import dev.llmspi.openai.wire.error.ErrorRule.StatusRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses the table of rules, whose format is described at the top of {@code error-rules.txt}. */
final class ErrorRulesReader {

    private static final Map<String, Find> FINDS = Map.of(
            "specific-code", Find.SPECIFIC_CODE,
            "member", Find.MEMBER,
            "words", Find.WORDS,
            "generic-code", Find.GENERIC_CODE,
            "status", Find.STATUS,
            "last-words", Find.LAST_WORDS);
    private static final Set<String> OTHERS = Set.of("but", "under", "wait", "then", "is", "not");

    private final List<ErrorRule> rules = new ArrayList<>();
    private final Map<String, String> row = new HashMap<>();
    private String name = "";
    private String key = "";

    private ErrorRulesReader() {}

    /**
     * Returns the rules in a table.
     *
     * @throws IllegalArgumentException if a row is malformed; the message names the row
     */
    static List<ErrorRule> read(String table) {
        ErrorRulesReader reader = new ErrorRulesReader();
        table.lines().forEach(reader::line);
        reader.endRow();
        return List.copyOf(reader.rules);
    }

    private void line(String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return;
        }
        if (line.startsWith("[")) {
            endRow();
            name = line.substring(1, line.indexOf(']'));
            return;
        }
        if (Character.isWhitespace(line.charAt(0)) && !key.isEmpty()) {
            row.merge(key, line.strip(), (before, more) -> before + ' ' + more);
            return;
        }
        int colon = line.indexOf(':');
        key = colon < 0 ? line : line.substring(0, colon).strip();
        if (colon < 0 || !FINDS.containsKey(key) && !OTHERS.contains(key)) {
            throw wrong("has the unknown key \"" + key + "\"", null);
        }
        if (row.put(key, line.substring(colon + 1).strip()) != null) {
            throw wrong("has " + key + " twice", null);
        }
    }

    private IllegalArgumentException wrong(String what, @Nullable Throwable cause) {
        return new IllegalArgumentException("error-rules.txt, [" + name + "]: " + what, cause);
    }

    private void endRow() {
        if (!row.isEmpty()) {
            try {
                rules.add(rule());
            } catch (IllegalArgumentException | NullPointerException e) {
                throw wrong("cannot be read: " + e.getMessage(), e);
            }
        }
        row.clear();
        key = "";
    }

    private ErrorRule rule() {
        String found = FINDS.keySet().stream()
                .filter(row::containsKey)
                .reduce((one, other) -> {
                    throw wrong("has both " + one + " and " + other, null);
                })
                .orElseThrow(() -> wrong("does not say what to find", null));
        Find find = FINDS.getOrDefault(found, Find.STATUS);
        String what = row.getOrDefault(found, "");
        int equals = find == Find.MEMBER ? what.indexOf('=') : -1;
        String member = find != Find.MEMBER ? "" : (equals < 0 ? what : what.substring(0, equals)).strip();
        boolean inWords = find == Find.WORDS || find == Find.LAST_WORDS;
        return new ErrorRule(
                name,
                find,
                member,
                inWords || find == Find.STATUS
                        ? List.of()
                        : codes(equals < 0 && find == Find.MEMBER ? "*" : what, equals),
                inWords ? WordPattern.of(what, row.getOrDefault("but", "")) : null,
                ranges(find == Find.STATUS ? what : row.getOrDefault("under", "")),
                isShortWait(row.get("wait")),
                verdict(row.getOrDefault("then", ""), find == Find.STATUS),
                row.getOrDefault("is", ""),
                row.getOrDefault("not", ""));
    }

    private static boolean isShortWait(@Nullable String wait) {
        if (wait != null && !wait.equals("short")) {
            throw new IllegalArgumentException("wait must be short, not " + wait);
        }
        return wait != null;
    }

    private static List<CodePattern> codes(String written, int equals) {
        List<CodePattern> codes = new ArrayList<>();
        for (String one : written.substring(equals + 1).split(",")) {
            codes.add(CodePattern.of(one.strip()));
        }
        return List.copyOf(codes);
    }

    private static List<StatusRange> ranges(String written) {
        List<StatusRange> ranges = new ArrayList<>();
        for (String one : written.split(",")) {
            if (!one.isBlank()) {
                ranges.add(StatusRange.of(one.strip()));
            }
        }
        return List.copyOf(ranges);
    }

    private static ErrorVerdict verdict(String written, boolean byStatus) {
        String[] words = written.split("\\s+");
        ErrorKind kind = ErrorKind.valueOf(words[0]);
        ErrorReason reason = null;
        Boolean retry = null;
        Boolean next = null;
        for (int i = 1; i < words.length; i++) {
            switch (words[i]) {
                case "retry" -> retry = true;
                case "no-retry" -> retry = false;
                case "next" -> next = true;
                default -> reason = ErrorReason.valueOf(words[i]);
            }
        }
        return new ErrorVerdict(kind, reason, retry, next, byStatus);
    }
}
