package dev.llmspi.it.field;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One error answer of a real server, and the outcome an operator wants; a line of {@code errors/*.jsonl}. */
record ErrorCase(String file, Map<String, @Nullable Object> members) {

    /** All cases, in the order of their files. */
    static List<ErrorCase> all(Path folder) throws IOException {
        List<ErrorCase> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList()) {
                for (String line : Files.readAllLines(file)) {
                    if (!line.isBlank()) {
                        cases.add(new ErrorCase(file.getFileName().toString().replace(".jsonl", ""), object(line)));
                    }
                }
            }
        }
        return cases;
    }

    @SuppressWarnings("unchecked") // the reader makes no other maps
    private static Map<String, @Nullable Object> object(String line) {
        return (Map<String, @Nullable Object>) Objects.requireNonNull(JsonText.read(line));
    }

    String id() {
        return text("id");
    }

    String text(String name) {
        return String.valueOf(members.get(name));
    }

    int status() {
        return ((BigDecimal) Objects.requireNonNull(members.get("status"))).intValue();
    }

    boolean isSure() {
        return Boolean.TRUE.equals(members.get("sure"));
    }

    boolean isStream() {
        return Boolean.TRUE.equals(members.get("stream"));
    }

    @Nullable
    Boolean flag(String name) {
        return members.get(name) instanceof Boolean flag ? flag : null;
    }

    /** Names separated by a vertical bar; empty: not checked. */
    Set<String> names(String name) {
        return members.get(name) instanceof String names ? Set.of(names.split("\\|")) : Set.of();
    }

    /** Null: no wait. */
    @Nullable
    Long waitMillis() {
        return members.get("waitMs") instanceof BigDecimal wait ? wait.longValue() : null;
    }

    /** Header lines as they are sent. */
    String[] headers() {
        List<String> lines = new ArrayList<>();
        if (members.get("headers") instanceof Map<?, ?> headers) {
            headers.forEach((name, value) -> {
                if (!"content-type".equals(name)) {
                    lines.add(name + ": " + value);
                }
            });
        }
        return lines.toArray(String[]::new);
    }

    String contentType() {
        Object type = members.get("headers") instanceof Map<?, ?> headers ? headers.get("content-type") : null;
        return isStream() ? "text/event-stream" : type == null ? "application/json" : type.toString();
    }

    /** The type of the provider that would meet this server. */
    String provider() {
        String family = text("family");
        return family.equals("OpenRouter") ? "openrouter" : family.equals("Portkey") ? "portkey" : "openai";
    }
}
