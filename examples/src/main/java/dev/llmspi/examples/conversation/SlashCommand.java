package dev.llmspi.examples.conversation;

import dev.llmspi.api.spi.SpellingHint;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands that a user can type instead of a question. */
enum SlashCommand {
    HELP("", "Show these commands.", "/?"),
    MODEL("[NAME]", "Show the model and its providers, or use another model. - returns to the model of the settings."),
    SYSTEM("[TEXT]", "Show the system prompt, or replace it. - removes it."),
    RETRY("", "Ask the last question again. A new answer replaces the old one."),
    NEW("", "Forget all questions and answers.", "/clear"),
    SAVE(
            "[--replace] [FILE]",
            "Save the conversation as JSON. Without FILE: to the file of the last /save or /load. --replace replaces "
                    + "any other file."),
    LOAD("FILE", "Continue a saved conversation."),
    EXIT("", "End the program.", "/quit /bye");

    private static final Pattern LINE = Pattern.compile("/([A-Za-z?]*)(?:\\s(.*))?", Pattern.DOTALL);
    /** Words that end the program without a slash, because many users try them first. */
    private static final List<String> BARE = List.of("exit", "quit");

    private final String parameter;
    private final String description;
    /** Separated by blanks, because the fields of an enum must not be lists. */
    private final String aliases;

    SlashCommand(String parameter, String description) {
        this(parameter, description, "");
    }

    SlashCommand(String parameter, String description, String aliases) {
        this.parameter = parameter;
        this.description = description;
        this.aliases = aliases;
    }

    /**
     * A line that is a command.
     *
     * @param command the command; empty if there is none with this name
     * @param word the name as it was typed, with its slash
     */
    record Typed(Optional<SlashCommand> command, String word, String argument) {

        /** Returns the message for an unknown command. */
        String unknown() {
            List<String> known = allWords();
            return "there is no command " + word
                    + SpellingHint.nearest(word, known)
                            .map(name -> "; did you mean " + name + "?")
                            .orElse(".")
                    + " /help lists the commands. To send this line to the model, start it with a blank.";
        }
    }

    /** Returns the command in a line, or empty if the line is a question, such as a path that starts with a slash. */
    static Optional<Typed> in(String line) {
        String typed = line.stripTrailing();
        if (BARE.contains(typed)) {
            return Optional.of(new Typed(Optional.of(EXIT), typed, ""));
        }
        Matcher matcher = LINE.matcher(typed);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String word = "/" + Objects.requireNonNull(matcher.group(1)).toLowerCase(Locale.ROOT);
        String argument = Objects.requireNonNullElse(matcher.group(2), "").strip();
        Optional<SlashCommand> command = Arrays.stream(values())
                .filter(one -> one.words().anyMatch(word::equals))
                .findFirst();
        return Optional.of(new Typed(command, word, argument));
    }

    /** Returns all commands as they are typed, without aliases of one character. */
    static List<String> allWords() {
        return Arrays.stream(values())
                .flatMap(SlashCommand::words)
                .filter(word -> word.length() > 2)
                .toList();
    }

    /** Returns the names of this command. */
    private Stream<String> words() {
        return Stream.concat(Stream.of(word()), Stream.of(aliases.split(" "))).filter(word -> !word.isEmpty());
    }

    private String word() {
        return "/" + name().toLowerCase(Locale.ROOT);
    }

    /** Returns the command with its parameter, as the help shows it. */
    String usage() {
        return parameter.isEmpty() ? word() : word() + " " + parameter;
    }

    /** Returns what the command does, with its other names. */
    String description() {
        return aliases.isEmpty() ? description : description + " Also " + aliases.replace(" ", ", ") + ".";
    }
}
