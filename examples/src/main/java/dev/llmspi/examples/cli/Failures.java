package dev.llmspi.examples.cli;

import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.SpellingHint;
import dev.llmspi.examples.show.CallJson;
import dev.llmspi.examples.show.JsonLine;
import dev.llmspi.examples.show.KindName;
import dev.llmspi.examples.show.Style;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.Timeline;
import dev.llmspi.examples.show.VisibleText;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints the program's error messages and chooses its exit status. */
final class Failures {

    /** The exit status after an error of a provider, and if the output could not be written. */
    static final int PROVIDER_ERROR = 1;

    static final int WRONG_USE = 2;
    /** The exit status that a shell reports for a program that was ended by Ctrl-C. */
    static final int INTERRUPTED = 130;

    private final Terminal terminal;

    Failures(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Reports a command line that cannot be parsed. */
    int usage(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String message = wrong instanceof UnmatchedArgumentException unmatched
                ? unknown(unmatched.getUnmatched().get(0), command)
                : oneLine(String.valueOf(wrong.getMessage()));
        if (isJson(args)) {
            print(CallJson.failure(Duration.ZERO, KindName.CONFIG, message));
            return WRONG_USE;
        }
        terminal.err().println(red("llm: ") + VisibleText.of(message));
        if (wrong instanceof Llm.MissingCommand) {
            command.usage(command.getErr());
        } else {
            terminal.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        }
        return WRONG_USE;
    }

    private static String unknown(String typed, CommandLine command) {
        boolean option = typed.startsWith("-");
        String name = typed.replaceFirst("(?s)=.*", "");
        CommandSpec spec = command.getCommandSpec();
        Set<String> known = new TreeSet<>(
                option ? spec.optionsMap().keySet() : command.getSubcommands().keySet());
        if (option) {
            known.addAll(spec.negatedOptionsMap().keySet());
            known.removeIf(candidate -> candidate.length() == 2); // every short option is near to every other
        }
        String what = option ? "unknown option " : known.isEmpty() ? "unexpected argument " : "unknown command ";
        String text = "";
        if (option && !spec.positionalParameters().isEmpty()) {
            text = "; if it is text, put -- before the text";
        } else if (typed.contains(" ")) {
            text = "; to send a prompt, use llm chat";
        }
        return what
                + name
                + SpellingHint.nearest(name, known)
                        .map(word -> "; did you mean " + word + "?")
                        .orElse(text);
    }

    /** Reports an exception thrown by a command. */
    int report(Exception failure, Object command) {
        ClientCommand client = command instanceof ClientCommand known ? known : null;
        Duration took = client == null ? Duration.ZERO : client.elapsed();
        boolean json = client != null && client.json;
        if (failure instanceof CancellationException) {
            return INTERRUPTED;
        }
        if (failure instanceof LlmException error) {
            if (client != null && json) {
                print(client.errorJson(error));
            } else {
                report(error);
                Optional.ofNullable(client).flatMap(known -> known.hint(error)).ifPresent(terminal.err()::println);
            }
            return PROVIDER_ERROR;
        }
        // LlmConfigException is an IllegalArgumentException too, and the request and option builders throw this type.
        boolean wrongUse = failure instanceof IllegalArgumentException;
        String message = message(failure, wrongUse);
        if (json) {
            print(CallJson.failure(took, wrongUse ? KindName.CONFIG : null, message));
        } else {
            terminal.err().println(red("llm: ") + VisibleText.of(message));
        }
        return wrongUse ? WRONG_USE : PROVIDER_ERROR;
    }

    private void report(LlmException error) {
        // The other lines of the message list the attempts, which the timeline below shows in more detail.
        String firstLine =
                String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        terminal.err().println(red("llm: " + KindName.of(error.kind()) + ": ") + VisibleText.line(firstLine));
        new Timeline(terminal.errStyle(), terminal.width())
                .withMessages()
                .lines(error.attempts())
                .forEach(terminal.err()::println);
    }

    private static String message(Exception failure, boolean wrongUse) {
        String text = failure.getMessage();
        return wrongUse && text != null ? text : "unexpected " + failure;
    }

    private void print(Map<String, @Nullable Object> object) {
        terminal.out().print(JsonLine.of(object) + "\n");
    }

    private String red(String text) {
        Style style = terminal.errStyle();
        return style.red(text);
    }

    private static boolean isJson(String[] args) {
        return Arrays.stream(args).takeWhile(arg -> !arg.equals("--")).anyMatch("--json"::equals);
    }

    private static String oneLine(String text) {
        return text.replaceFirst("^Error: ", "").replaceAll("\\s*\\R\\s*", " ");
    }
}
