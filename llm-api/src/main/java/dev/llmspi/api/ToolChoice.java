package dev.llmspi.api;

import java.util.Optional;

/**
 * Whether the model may, must or must not call tools.
 *
 * @param mode what it may do
 * @param tool the tool it must call, for {@link Mode#NAMED}
 */
public record ToolChoice(Mode mode, Optional<String> tool) {

    /** Later releases may add values: keep a default branch. */
    public enum Mode {
        /** The model decides. */
        AUTO,
        /** No tool is called. */
        NONE,
        /** Some tool is called. */
        REQUIRED,
        /** This tool is called. */
        NAMED
    }

    public ToolChoice {
        if ((mode == Mode.NAMED) != tool.isPresent()) {
            throw new IllegalArgumentException("a tool must be named for mode NAMED, and for no other");
        }
    }

    /** The model decides. */
    public static ToolChoice auto() {
        return new ToolChoice(Mode.AUTO, Optional.empty());
    }

    /** No tool is called. */
    public static ToolChoice none() {
        return new ToolChoice(Mode.NONE, Optional.empty());
    }

    /** Some tool is called. */
    public static ToolChoice required() {
        return new ToolChoice(Mode.REQUIRED, Optional.empty());
    }

    /** This tool is called. */
    public static ToolChoice named(String tool) {
        return new ToolChoice(Mode.NAMED, Optional.of(tool));
    }
}
