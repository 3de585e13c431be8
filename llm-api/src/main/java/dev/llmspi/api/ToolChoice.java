package dev.llmspi.api;

import java.util.Optional;

/**
 * Specifies whether the model may, must or must not call tools.
 *
 * @param mode the rule that the model must follow
 * @param tool the name of the tool to call, which is present only for {@link Mode#NAMED}
 */
public record ToolChoice(Mode mode, Optional<String> tool) {

    /** The mode of a tool choice. Later releases may add values, so a switch needs a default branch. */
    public enum Mode {
        /** The model decides whether to call tools. */
        AUTO,
        /** The model must not call tools. */
        NONE,
        /** The model must call a tool of its choice. */
        REQUIRED,
        /** The model must call the named tool. */
        NAMED
    }

    public ToolChoice {
        if ((mode == Mode.NAMED) != tool.isPresent()) {
            throw new IllegalArgumentException("mode NAMED requires a tool, and other modes must not name one");
        }
    }

    /** Returns a choice with mode {@link Mode#AUTO}. */
    public static ToolChoice auto() {
        return new ToolChoice(Mode.AUTO, Optional.empty());
    }

    /** Returns a choice with mode {@link Mode#NONE}. */
    public static ToolChoice none() {
        return new ToolChoice(Mode.NONE, Optional.empty());
    }

    /** Returns a choice with mode {@link Mode#REQUIRED}. */
    public static ToolChoice required() {
        return new ToolChoice(Mode.REQUIRED, Optional.empty());
    }

    /** Returns a choice with mode {@link Mode#NAMED} and the given tool name. */
    public static ToolChoice named(String tool) {
        return new ToolChoice(Mode.NAMED, Optional.of(tool));
    }
}
