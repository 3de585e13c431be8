package dev.llmspi.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A tool the model may call. Immutable. */
public final class ToolDefinition {

    private final String name;
    private final String description;
    private final String parameters;
    private final boolean strict;
    private final boolean cacheMark;

    private ToolDefinition(String name, String description, String parameters, boolean strict, boolean cacheMark) {
        this.name = name;
        this.description = description;
        this.parameters = parameters;
        this.strict = strict;
        this.cacheMark = cacheMark;
    }

    /**
     * @param name letters, digits, dashes and underscores, at most 64
     * @param description what it does and when to call it
     * @param parameters the JSON Schema of its arguments, as text, sent as it stands; {@code "{}"} for a tool
     *     without any
     */
    public static ToolDefinition of(String name, String description, String parameters) {
        if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException(
                    "tool name must consist of 1 to 64 letters, digits, dashes and underscores, not \"" + name + "\"");
        }
        Objects.requireNonNull(description, "description");
        return new ToolDefinition(name, description, Objects.requireNonNull(parameters, "parameters"), false, false);
    }

    /** This tool, with arguments that follow the schema exactly, where the model can promise that. */
    public ToolDefinition withStrict() {
        return new ToolDefinition(name, description, parameters, true, cacheMark);
    }

    /** This tool with a cache mark: a prompt cache should keep all tools up to this one. */
    public ToolDefinition withCacheMark() {
        return new ToolDefinition(name, description, parameters, strict, true);
    }

    public String name() {
        return name;
    }

    public String description() {
        return description;
    }

    /** The JSON Schema of its arguments, as text. */
    public String parameters() {
        return parameters;
    }

    public boolean isStrict() {
        return strict;
    }

    /** Whether a prompt cache should keep all tools up to this one. */
    public boolean cacheMark() {
        return cacheMark;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ToolDefinition that
                && name.equals(that.name)
                && description.equals(that.description)
                && parameters.equals(that.parameters)
                && strict == that.strict
                && cacheMark == that.cacheMark;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, description, parameters);
    }

    @Override
    public String toString() {
        return "ToolDefinition[" + name + "]";
    }
}
