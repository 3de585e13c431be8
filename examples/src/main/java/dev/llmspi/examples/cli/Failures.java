package dev.llmspi.examples.cli;

import dev.llmspi.api.error.LlmException;
import dev.llmspi.examples.show.CallJson;
import dev.llmspi.examples.show.JsonLine;
import dev.llmspi.examples.show.KindName;
import dev.llmspi.examples.show.Style;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.Timeline;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What the program says when something goes wrong, and the exit status that belongs to it. */
final class Failures {

    static final int PROVIDER_ERROR = 1;
    static final int WRONG_USE = 2;
    /** As a shell reports a program that Ctrl-C ended. */
    static final int INTERRUPTED = 130;

    private final Terminal terminal;

    Failures(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A command line that cannot be understood. */
    int usage(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String message = wrong instanceof UnmatchedArgumentException unmatched
                ? unknown(unmatched.getUnmatched().get(0), command)
                : oneLine(String.valueOf(wrong.getMessage()));
        if (isJson(args)) {
            print(CallJson.failure(Duration.ZERO, KindName.CONFIG, message));
            return WRONG_USE;
        }
        terminal.err().println(red("llm: ") + message);
        if (wrong instanceof Llm.MissingCommand) {
            command.usage(command.getErr());
        } else {
            terminal.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        }
        return WRONG_USE;
    }

    private static String unknown(String typed, CommandLine command) {
        boolean option = typed.startsWith("-");
        String name = typed.replaceFirst("=.*", "");
        Collection<String> known = option
                ? command.getCommandSpec().optionsMap().keySet()
                : command.getSubcommands().keySet();
        String what = option ? "unknown option " : known.isEmpty() ? "one argument too many: " : "unknown command ";
        return what
                + name
                + Nearest.to(name, known)
                        .map(word -> "; did you mean " + word + "?")
                        .orElse("");
    }

    /** A command that threw. */
    int report(Exception failure, Object command) {
        ClientCommand client = command instanceof ClientCommand known ? known : null;
        Duration took = client == null ? Duration.ZERO : client.elapsed();
        boolean json = client != null && client.json;
        if (failure instanceof CancellationException) {
            return INTERRUPTED;
        }
        if (failure instanceof LlmException error) {
            report(error, json ? client : null);
            return PROVIDER_ERROR;
        }
        // LlmConfigException is one, and so is what the builders of requests and options throw.
        boolean wrongUse = failure instanceof IllegalArgumentException;
        String message = message(failure, wrongUse);
        if (json) {
            print(CallJson.failure(took, wrongUse ? KindName.CONFIG : null, message));
        } else {
            terminal.err().println(red("llm: ") + message);
        }
        return wrongUse ? WRONG_USE : PROVIDER_ERROR;
    }

    /** @param client the command, if it is to write JSON */
    private void report(LlmException error, @Nullable ClientCommand client) {
        if (client != null) {
            print(client.errorJson(error));
            return;
        }
        // The further lines of the message list the attempts; the timeline does so better.
        String firstLine =
                String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        terminal.err().println(red("llm: " + KindName.of(error.kind()) + ": ") + firstLine);
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
