package dev.llmspi.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The fields of an answer or error as strings, to compare them with a table row. Empty fields are omitted. */
public record ObservedFields(Map<String, String> values) {

    private static final Pattern EXPECTATION = Pattern.compile("(?<name>[\\w ]+?)( (?<operator>=|~|!~) (?<value>.*))?");

    public static ObservedFields of(ChatStream stream) {
        try {
            return of(stream.collect());
        } catch (LlmException e) {
            return of(e.toBuilder().partial(stream.partial()).build());
        }
    }

    public static ObservedFields of(ChatResponse answer) {
        Map<String, String> values = new TreeMap<>();
        answer.metadata().forEach((name, value) -> values.put(name, value.toString()));
        put(values, "text", Optional.of(answer.text()));
        put(values, "finish", Optional.of(answer.finishReason()));
        put(values, "model", answer.model());
        put(values, "reasoning", answer.message().reasoning());
        put(values, "details", Optional.of(answer.message().reasoningDetails()).filter(all -> !all.isEmpty()));
        answer.toolCalls()
                .forEach(call -> values.merge(
                        "tools",
                        call.id() + " " + call.name() + " " + call.arguments(),
                        (one, other) -> one + ", " + other));
        Usage usage = answer.usage();
        put(values, "input", usage.inputTokens());
        put(values, "output", usage.outputTokens());
        put(values, "total", usage.totalTokens());
        put(values, "cached", usage.cachedInputTokens());
        put(values, "reasoning tokens", usage.reasoningTokens());
        put(values, "cost", usage.cost().map(BigDecimal::stripTrailingZeros));
        put(values, "spend", usage.spend().map(BigDecimal::stripTrailingZeros));
        return new ObservedFields(values);
    }

    public static ObservedFields of(LlmException error) {
        Map<String, String> values = new TreeMap<>();
        put(values, "provider", Optional.of(error.provider()));
        put(values, "kind", Optional.of(error.kind()));
        put(values, "status", error.status());
        put(values, "reason", error.reason());
        put(values, "code", error.code());
        put(values, "wait", error.retryAfter());
        put(values, "message", Optional.ofNullable(error.getMessage()));
        put(values, "partial", error.partial().map(ChatResponse::text));
        put(values, "retry", Optional.of(error.retryHere().orElse(isRetryable(error.kind()))));
        put(values, "fallback", Optional.of(error.tryNext().orElse(error.kind() != ErrorKind.INVALID_REQUEST)));
        return new ObservedFields(values);
    }

    private static boolean isRetryable(ErrorKind kind) {
        return switch (kind) {
            case CONNECTION, RATE_LIMIT, SERVICE, TIMEOUT -> true;
            default -> false;
        };
    }

    private static void put(Map<String, String> values, String name, Optional<?> value) {
        value.ifPresent(present -> values.put(name, present.toString()));
    }

    private static void put(Map<String, String> values, String name, OptionalLong value) {
        value.ifPresent(present -> values.put(name, Long.toString(present)));
    }

    private static void put(Map<String, String> values, String name, OptionalInt value) {
        value.ifPresent(present -> values.put(name, Integer.toString(present)));
    }

    /**
     * Checks one expectation: {@code name = value}, {@code name ~ part}, {@code name !~ part}, or {@code name} alone
     * for a field that must be present. A value in quotes may be empty or end with a space. The value - means that the
     * field must be absent.
     */
    public void check(String expectation) {
        Matcher parts = EXPECTATION.matcher(expectation);
        assertTrue(parts.matches(), expectation);
        String name = parts.group("name");
        String operator = Objects.requireNonNullElse(parts.group("operator"), "present");
        String expected = Objects.requireNonNullElse(parts.group("value"), "").replaceFirst("^\"(.*)\"$", "$1");
        String observed = values.getOrDefault(name, "-");
        switch (operator) {
            case "=" -> assertEquals(expected, observed, () -> name + " of " + this);
            case "~" -> assertTrue(observed.contains(expected), () -> expectation + " in " + this);
            case "!~" -> assertFalse(observed.contains(expected), () -> expectation + " in " + this);
            default -> assertTrue(values.containsKey(name), () -> name + " in " + this);
        }
    }

    @Override
    public String toString() {
        return values.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(", "));
    }
}
