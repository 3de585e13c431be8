package dev.llmspi.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A tool that the model may call. Instances are immutable. */
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
     * Returns a tool definition that is not strict and has no cache mark.
     *
     * @param name the tool name: 1 to 64 letters, digits, dashes or underscores
     * @param description what the tool does and when to call it
     * @param parameters the JSON Schema of the arguments as a string, which is sent unchanged; {@code "{}"} for a tool
     *     without arguments
     */
    public static ToolDefinition of(String name, String description, String parameters) {
        if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException(
                    "tool name must consist of 1 to 64 letters, digits, dashes and underscores, not \"" + name + "\"");
        }
        Objects.requireNonNull(description, "description");
        return new ToolDefinition(name, description, Objects.requireNonNull(parameters, "parameters"), false, false);
    }

    /**
     * Returns a copy of this tool in strict mode, in which the arguments conform exactly to the schema, on models that
     * guarantee this.
     */
    public ToolDefinition withStrict() {
        return new ToolDefinition(name, description, parameters, true, cacheMark);
    }

    /**
     * Returns a copy of this tool with a cache mark, which asks a prompt cache to keep all tools up to and including
     * this one.
     */
    public ToolDefinition withCacheMark() {
        return new ToolDefinition(name, description, parameters, strict, true);
    }

    public String name() {
        return name;
    }

    public String description() {
        return description;
    }

    /** Returns the JSON Schema of the arguments as a string. */
    public String parameters() {
        return parameters;
    }

    public boolean isStrict() {
        return strict;
    }

    /** Returns whether a prompt cache should keep all tools up to and including this one. */
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
