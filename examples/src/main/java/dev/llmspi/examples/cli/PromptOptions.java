package dev.llmspi.examples.cli;

import dev.llmspi.examples.show.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The words, files and input that make up the prompt. */
public final class PromptOptions {

    private static final String INPUT = "-";

    @Parameters(
            paramLabel = "PROMPT",
            arity = "0..*",
            description = {
                "The prompt; several words are joined with spaces. @FILE stands for the text of a file, and @@ for the "
                        + "character @. After --, every word is text.",
                "Text from a pipe or a file on standard input follows the prompt after a blank line; the word - puts "
                        + "it at another place."
            })
    public List<String> words = new ArrayList<>();

    @Option(
            names = {"-f", "--file"},
            order = 28,
            paramLabel = "FILE",
            description = "Add the text of this file to the prompt. May be repeated.")
    public List<String> files = new ArrayList<>();

    @Option(names = "--no-stdin", order = 29, description = "Do not read standard input.")
    public boolean noStdin;

    @Spec(Spec.Target.MIXEE)
    public @Nullable CommandSpec command;

    public PromptOptions() {}

    /** Returns whether the command line says nothing about the prompt. */
    boolean isEmpty() {
        return words.isEmpty() && files.isEmpty();
    }

    /**
     * Returns the whole prompt. It reads the files first, so that a wrong name is reported before the program waits for
     * its input.
     *
     * @throws IllegalArgumentException if there is no prompt, or if a file or the input cannot be read
     */
    String text(Terminal terminal) {
        boolean pipe = !noStdin && !terminal.isInputTyped();
        if (isEmpty() && !pipe) {
            throw new IllegalArgumentException(
                    "no prompt: pass it as an argument" + (noStdin ? "" : ", or - to type it (end with Ctrl-D)"));
        }
        List<PromptPart> parts = parts();
        long marks = parts.stream().filter(PromptPart::isInput).count();
        if (marks > 0 && noStdin) {
            throw new IllegalArgumentException(
                    "- stands for standard input, which --no-stdin switches off; after --, " + "it is the character -");
        }
        if (marks > 1) {
            throw new IllegalArgumentException(
                    "- stands for standard input and can be used only once; after --, it is the character -");
        }
        if (marks == 0 && pipe) {
            parts.add(PromptPart.input());
        }
        boolean required = marks > 0 || parts.size() == 1;
        PromptText text = new PromptText();
        parts.forEach(part -> part.addTo(text, () -> input(terminal, required)));
        String prompt = text.toString();
        if (prompt.isBlank()) {
            throw new IllegalArgumentException("the prompt is empty");
        }
        return prompt;
    }

    private List<PromptPart> parts() {
        List<PromptPart> parts = new ArrayList<>();
        int literal = words.size() - literalWords();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            parts.add(
                    i >= literal
                            ? PromptPart.word(word)
                            : word.equals(INPUT) ? PromptPart.input() : PromptPart.of(word));
        }
        for (String file : files) {
            parts.add(file.equals(INPUT) ? PromptPart.input() : PromptPart.block(InputFile.text("--file", file)));
        }
        return parts;
    }

    /** Returns how many words at the end of the prompt follow the argument {@code --}. */
    private int literalWords() {
        List<String> arguments =
                Objects.requireNonNull(command).commandLine().getParseResult().originalArgs();
        int end = arguments.indexOf("--");
        return end < 0 ? 0 : Math.min(words.size(), arguments.size() - end - 1);
    }

    private String input(Terminal terminal, boolean required) {
        String message = terminal.isInputTyped()
                ? "type the text, and end it with Ctrl-D on a line of its own"
                : required
                        ? "waiting for text on standard input"
                        : "waiting for standard input to end; --no-stdin does not read it";
        String input = new StandardInput(terminal).text(message);
        if (required && input.isBlank()) {
            throw new IllegalArgumentException("the prompt is empty: standard input holds no text");
        }
        if (input.isBlank()) {
            if (terminal.isInputPipeOrFile()) {
                terminal.err().println("llm: standard input was empty");
            }
            return "";
        }
        return input;
    }
}
