package dev.llmspi.it.field;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the cases in one file, in the format that {@code docs/maintainers/field.md} defines. If it does not understand
 * a line, it throws an exception that names this line, so that a typing error cannot turn into a passing case.
 */
final class CaseReader {

    private final String file;
    private final List<String> lines;
    private final List<FieldCase> cases = new ArrayList<>();
    private int at;

    private CaseReader(String file, List<String> lines) {
        this.file = file;
        this.lines = lines;
    }

    /** Returns all cases in and below a folder, ordered by file name. */
    static List<FieldCase> readAll(Path folder) throws IOException {
        List<FieldCase> all = new ArrayList<>();
        try (var files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                all.addAll(read(file.getFileName().toString().replaceFirst("\\.txt$", ""), Files.readString(file)));
            }
        }
        return all;
    }

    /**
     * Returns the cases in a text.
     *
     * @throws IllegalArgumentException if the text does not follow the format
     */
    static List<FieldCase> read(String file, String text) {
        CaseReader reader = new CaseReader(file, text.lines().toList());
        reader.readCases();
        return List.copyOf(reader.cases);
    }

    private void readCases() {
        skipRemarks();
        while (at < lines.size()) {
            String line = lines.get(at);
            if (!line.startsWith("=== ")) {
                throw wrong("a case begins with === and its name");
            }
            String name = line.substring(4).strip();
            if (cases.stream().anyMatch(known -> known.name().equals(name))) {
                throw wrong("there is a case " + name + " already");
            }
            int start = ++at;
            cases.add(readCase(name, start));
        }
        if (cases.isEmpty()) {
            throw wrong("no case");
        }
    }

    private FieldCase readCase(String name, int start) {
        String from = null;
        List<String> types = FieldCase.ALL_TYPES;
        List<String> settings = new ArrayList<>();
        for (Entry entry : entries()) {
            switch (entry.key) {
                case "from" -> from = entry.value;
                case "types" -> types = types(entry.value);
                case "set" -> settings.add(entry.value);
                default -> throw wrong("unknown: " + entry.key);
            }
        }
        if (from == null || from.isBlank()) {
            throw wrong("the case " + name + " does not say where it comes from");
        }
        List<FieldCase.Turn> turns = new ArrayList<>();
        while (at < lines.size() && !lines.get(at).startsWith("=== ")) {
            turns.add(readTurn(turns.isEmpty()));
        }
        FieldCase read = new FieldCase(file, start, name, from, types, List.copyOf(settings), List.copyOf(turns));
        if (turns.isEmpty() || read.modes().isEmpty()) {
            throw wrong("the case " + name + " has no mode in which every turn has a reply");
        }
        return read;
    }

    private List<String> types(String value) {
        List<String> types = List.of(value.split(",\\s*"));
        if (!FieldCase.ALL_TYPES.containsAll(types)) {
            throw wrong("unknown type in " + types);
        }
        return types;
    }

    /**
     * Reads one turn. Each turn starts with {@code --- ask} and ends before the next one. The first turn can omit this
     * line.
     */
    private FieldCase.Turn readTurn(boolean first) {
        Map<Mode, CannedReply> replies = new EnumMap<>(Mode.class);
        List<SentCheck> checks = new ArrayList<>();
        Expected expected = null;
        Ask ask = null;
        boolean begun = false;
        while (at < lines.size() && !lines.get(at).startsWith("=== ")) {
            String line = lines.get(at);
            Section section = section(line);
            if (section.name.equals("ask") && begun) {
                break;
            }
            if (!section.name.equals("ask") && !begun && !first) {
                throw wrong("a further turn begins with --- ask");
            }
            begun = true;
            at++;
            switch (section.name) {
                case "ask" -> ask = new AskReader(this).read(entries());
                case "stream", "whole" -> reply(section, replies);
                case "sent" -> entryLines().forEach(check -> checks.add(SentCheck.parse(check)));
                case "expect" -> expected = new ExpectedReader(this).read(entries());
                default -> throw wrong("unknown section: " + line);
            }
        }
        if (expected == null && checks.isEmpty()) {
            throw wrong("a turn that expects nothing and looks at nothing");
        }
        if (expected == null && !replies.isEmpty()) {
            throw wrong("a reply without --- expect");
        }
        return new FieldCase.Turn(
                ask == null ? new AskReader(this).read(List.of()) : ask,
                Map.copyOf(replies),
                List.copyOf(checks),
                expected == null ? new ExpectedReader(this).read(List.of(new Entry("text", "ok"))) : expected);
    }

    private void reply(Section section, Map<Mode, CannedReply> replies) {
        boolean stream = section.name.equals("stream");
        Map<String, String> options = new TreeMap<>(section.options);
        List<Mode> asked =
                switch (option(options, "asked", section.name)) {
                    case "stream" -> List.of(Mode.STREAM);
                    case "whole" -> List.of(Mode.WHOLE);
                    case "both" -> List.of(Mode.STREAM, Mode.WHOLE);
                    default -> throw wrong("asked is stream, whole or both");
                };
        String type = option(options, "content-type", stream ? "text/event-stream" : "application/json");
        int status = Integer.parseInt(option(options, "status", "200"));
        String ends = option(options, "ends", stream ? "done" : "end");
        String lineEnd =
                switch (option(options, "lines", "lf")) {
                    case "lf" -> "\n";
                    case "crlf" -> "\r\n";
                    case "cr" -> "\r";
                    default -> throw wrong("lines is lf, crlf or cr");
                };
        if (!options.isEmpty() || !List.of("done", "end", "cut").contains(ends) || !stream && ends.equals("done")) {
            throw wrong("unknown option of a reply: " + options + ", ends " + ends);
        }
        List<String> body = rawLines();
        String text = stream
                ? Shorthand.body(body, ends.equals("done"), lineEnd)
                : String.join("\n", body).strip();
        for (Mode mode : asked) {
            if (replies.put(mode, new CannedReply(status, type, text, ends.equals("cut"))) != null) {
                throw wrong("two replies for " + mode);
            }
        }
    }

    private static String option(Map<String, String> options, String name, String byDefault) {
        String value = options.remove(name);
        return value == null ? byDefault : value;
    }

    /** Parses a line such as {@code --- stream | ends: cut | lines: crlf}. */
    private Section section(String line) {
        if (!line.startsWith("--- ")) {
            throw wrong("neither a case nor a section");
        }
        String[] parts = line.substring(4).split(" \\| ");
        Map<String, String> options = new TreeMap<>();
        for (int i = 1; i < parts.length; i++) {
            Entry option = entry(parts[i]);
            options.put(option.key, option.value);
        }
        return new Section(parts[0].strip(), options);
    }

    private record Section(String name, Map<String, String> options) {}

    /** The key and the value in a line such as {@code text: hello}. */
    record Entry(String key, String value) {

        /** Returns the value as text. In the file, it can be written as a JSON string. */
        String text() {
            return value.startsWith("\"") ? JsonText.string(value) : value;
        }
    }

    private List<Entry> entries() {
        return entryLines().stream().map(this::entry).toList();
    }

    private Entry entry(String line) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            throw wrong("no key and value: " + line);
        }
        return new Entry(
                line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                line.substring(colon + 1).strip());
    }

    /** Returns the lines before the next section or case, without comments and blank lines. */
    private List<String> entryLines() {
        return rawLines().stream().filter(line -> !line.isBlank()).toList();
    }

    private List<String> rawLines() {
        List<String> raw = new ArrayList<>();
        for (; at < lines.size(); at++) {
            String line = lines.get(at);
            if (line.startsWith("--- ") || line.startsWith("=== ")) {
                break;
            }
            if (!isRemark(line)) {
                raw.add(line);
            }
        }
        return raw;
    }

    private void skipRemarks() {
        while (at < lines.size() && (isRemark(lines.get(at)) || lines.get(at).isBlank())) {
            at++;
        }
    }

    private static boolean isRemark(String line) {
        return line.equals("#") || line.startsWith("# ");
    }

    IllegalArgumentException wrong(String what) {
        return wrong(what, null);
    }

    IllegalArgumentException wrong(String what, @Nullable Throwable cause) {
        return new IllegalArgumentException(file + ".txt:" + Math.min(at + 1, lines.size()) + ": " + what, cause);
    }
}
