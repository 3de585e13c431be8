package dev.llmspi.examples.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes the manual page of the program in roff, from the same model as {@code --help}. */
final class ManPage {

    private static final String CONVERSATION =
            "Without a prompt on a terminal, llm chat is a conversation. A line that "
                    + "starts with a slash is a command; /help lists them. Ctrl-C ends an answer, Ctrl-D the "
                    + "conversation. A line that ends with a backslash continues on the next line.";
    private static final String HISTORY = "The lines typed in conversations. Only the owner can read the file. "
            + "XDG_STATE_HOME replaces ~/.local/state. A line that starts with a blank is not stored.";

    private final List<String> page = new ArrayList<>();

    private ManPage() {}

    static String of(CommandLine program) {
        ManPage page = new ManPage();
        page.write(program);
        return String.join("\n", page.page) + "\n";
    }

    private void write(CommandLine program) {
        CommandSpec spec = program.getCommandSpec();
        page.add(".\\\" Written by ManPageTest. Do not edit.");
        page.add(".TH LLM 1 \"\" llmspi \"User Commands\"");
        page.add(".SH NAME");
        page.add("llm \\- " + escaped(String.join(" ", spec.usageMessage().description())));
        page.add(".SH SYNOPSIS");
        page.add(".B llm");
        page.add("COMMAND [OPTIONS]");
        page.add(".SH COMMANDS");
        for (Map.Entry<String, CommandLine> command : program.getSubcommands().entrySet()) {
            command(command.getKey(), command.getValue().getCommandSpec());
        }
        page.add(".SH CONVERSATION");
        page.add(escaped(CONVERSATION));
        page.add(".SH FILES");
        page.add(".TP");
        page.add(".I " + escaped("~/.local/state/llm/history"));
        page.add(escaped(HISTORY));
        page.add(".SH NOTES");
        for (String line : spec.usageMessage().footer()) {
            page.add(line.isEmpty() ? ".PP" : escaped(line));
            page.add(".br");
        }
    }

    private void command(String name, CommandSpec spec) {
        String parameters = spec.positionalParameters().stream()
                .map(parameter -> " " + label(parameter))
                .collect(Collectors.joining());
        page.add(".SS \"" + escaped("llm " + name + " [OPTIONS]" + parameters) + "\"");
        paragraphs(spec.usageMessage().description());
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            page.add(".TP");
            page.add(".I " + escaped(parameter.paramLabel()));
            page.add(escaped(description(parameter)));
        }
        List<OptionSpec> options = new ArrayList<>(spec.options());
        options.removeIf(OptionSpec::hidden);
        options.sort((a, b) -> Integer.compare(a.order(), b.order()));
        for (OptionSpec option : options) {
            page.add(".TP");
            page.add(name(option));
            page.add(escaped(description(option)));
        }
    }

    private void paragraphs(String... lines) {
        for (String line : lines) {
            page.add(line.isEmpty() ? ".PP" : escaped(line.replace("%n", " ").replace("%%", "%")));
            page.add(".br");
        }
        page.remove(page.size() - 1);
    }

    private static String name(OptionSpec option) {
        String names = Arrays.stream(option.names())
                .map(name -> "\\fB" + escaped(name) + "\\fR")
                .collect(Collectors.joining(", "));
        return option.typeInfo().isBoolean() ? names : names + "=\\fI" + escaped(option.paramLabel()) + "\\fR";
    }

    private static String label(PositionalParamSpec parameter) {
        String label = parameter.arity().max() > 1 ? parameter.paramLabel() + "..." : parameter.paramLabel();
        return parameter.arity().min() == 0 ? "[" + label + "]" : label;
    }

    private static String description(ArgSpec argument) {
        String text =
                String.join(" ", argument.description()).replace("%n", " ").replace("%%", "%");
        if (argument.completionCandidates() == null) {
            return text;
        }
        String values = StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                .collect(Collectors.joining(", "));
        return text.replace("${COMPLETION-CANDIDATES}", values);
    }

    private static String escaped(String text) {
        String plain = text.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}
