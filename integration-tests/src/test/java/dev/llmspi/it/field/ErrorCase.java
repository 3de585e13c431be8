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

/**
 * An error response from a real server, and the outcome that an operator wants. Each line in {@code errors/*.jsonl}
 * contains one case.
 */
record ErrorCase(String file, Map<String, @Nullable Object> members) {

    /** Returns all cases in a folder, ordered by file name. */
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

    @SuppressWarnings("unchecked") // the JSON reader creates no other kind of map
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

    /**
     * Returns the names in a member that separates them with vertical bars. If the list is empty, the test does not
     * check this value.
     */
    Set<String> names(String name) {
        return members.get(name) instanceof String names ? Set.of(names.split("\\|")) : Set.of();
    }

    /** Returns the expected wait in milliseconds, or null if none is expected. */
    @Nullable
    Long waitMillis() {
        return members.get("waitMs") instanceof BigDecimal wait ? wait.longValue() : null;
    }

    /** Returns a number of tokens that the error message mentions, or null if the test does not check it. */
    @Nullable
    Long tokens(String name) {
        return members.get(name) instanceof BigDecimal tokens ? tokens.longValue() : null;
    }

    /** Returns the header lines except for the Content-Type. */
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

    /** Returns the provider type that would be used to call this server. */
    String provider() {
        if (members.get("provider") instanceof String provider) {
            return provider;
        }
        String family = text("family");
        return family.equals("OpenRouter") ? "openrouter" : family.equals("Portkey") ? "portkey" : "openai";
    }
}
