package dev.llmspi.examples.conversation;

import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.RouteLink;
import dev.llmspi.core.settings.LlmConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs the commands that change, show or store a conversation. A wrong command prints a message and has no effect. */
final class Commands {

    private static final String REMOVE = "-";
    private static final String REPLACE = "--replace";
    private static final Pattern OPTION = Pattern.compile("(?<!\\S)--\\S*");
    private static final int USAGE_WIDTH = 16;

    private final LlmClient client;
    private final CallOptions options;
    private final Conversation conversation;
    private final Notes notes;
    private final Path home;
    /** The file of the last /save or /load, which /save may replace. */
    private @Nullable Path file;

    Commands(LlmClient client, CallOptions options, Conversation conversation, Notes notes, Path home) {
        this.client = client;
        this.options = options;
        this.conversation = conversation;
        this.notes = notes;
        this.home = home;
    }

    void run(SlashCommand.Typed typed) {
        if (typed.command().isEmpty()) {
            notes.say(typed.unknown());
            return;
        }
        String argument = typed.argument();
        try {
            switch (typed.command().get()) {
                case MODEL -> model(argument);
                case SYSTEM -> system(argument);
                case NEW -> startAgain();
                case SAVE -> save(argument);
                case LOAD -> load(argument);
                default -> help();
            }
        } catch (IOException | LlmConfigException e) {
            notes.say(String.valueOf(e.getMessage()));
        } catch (InvalidPathException e) {
            notes.say("'" + argument + "' is not a file name");
        }
    }

    private void help() {
        for (SlashCommand command : SlashCommand.values()) {
            String usage = command.usage();
            if (usage.length() > USAGE_WIDTH) {
                notes.print("  ", usage);
                usage = "";
            }
            notes.print("  " + usage + " ".repeat(USAGE_WIDTH - usage.length()), command.description());
        }
        notes.print(
                "  ",
                "A line that ends with \\ continues on the next line. Where the line can be edited, Alt-Enter starts a "
                        + "new line too, and the arrow keys recall earlier input. A line that starts with a blank is "
                        + "sent as it is and not kept in the history. Ctrl-C ends the answer, Ctrl-D "
                        + "the conversation.");
    }

    private void model(String name) {
        if (!name.isEmpty()) {
            String before = conversation.model().orElse(null);
            String provider = conversation.provider().orElse(null);
            conversation.useModel(name.equals(REMOVE) ? null : name);
            try {
                links();
            } catch (LlmConfigException e) {
                conversation.useModel(before);
                conversation.stayWith(provider);
                throw e;
            }
        }
        showRoute();
    }

    /** Says which providers and models answer the next question. */
    void showRoute() {
        List<RouteLink> links = links();
        String usable =
                links.stream().filter(RouteLink::usable).map(Commands::link).collect(Collectors.joining(", then "));
        if (usable.isEmpty()) {
            notes.say("no provider can answer the next question:");
            links.forEach(link -> notes.say(link.provider() + ": " + link.reason()));
        } else {
            notes.say("the next question goes to " + usable + ".");
        }
    }

    private List<RouteLink> links() {
        CallOptions.Builder next = CallOptions.builder();
        conversation.provider().ifPresent(next::startWith);
        CallOptions call = next.build().over(options);
        return conversation
                .model()
                .map(model -> client.route(model, call))
                .orElseGet(() -> client.route(call))
                .links();
    }

    private static String link(RouteLink link) {
        return link.provider() + link.model().map(model -> " (" + model + ")").orElse("");
    }

    private void system(String text) {
        if (!text.isEmpty()) {
            conversation.useSystem(text.equals(REMOVE) ? null : text);
        }
        notes.say(conversation
                .system()
                .map(prompt -> "the system prompt is: " + prompt)
                .orElse("there is no system prompt."));
    }

    private void startAgain() {
        String forgotten = forgetting();
        conversation.clear();
        file = null;
        notes.say("this is a new conversation." + forgotten);
    }

    private void save(String argument) throws IOException {
        List<String> options =
                OPTION.matcher(argument).results().map(MatchResult::group).toList();
        for (String option : options) {
            if (!option.equals(REPLACE)) {
                notes.say("/save has no option " + option + ". A file of this name is ./" + option);
                return;
            }
        }
        if (conversation.exchanges().isEmpty()) {
            notes.say("there is nothing to save, because the conversation has no answer yet.");
            return;
        }
        boolean replace = !options.isEmpty();
        String name = OPTION.matcher(argument).replaceAll("").strip();
        Path target = name.isEmpty() ? file : path(name);
        if (target == null) {
            notes.say("to which file? Type /save FILE.");
            return;
        }
        if (!replace && !target.equals(file) && Files.exists(target)) {
            notes.say(target + " already exists. Type another name, or: /save " + REPLACE + " " + name);
            return;
        }
        new ConversationFile(conversation.system(), conversation.exchanges()).save(target);
        file = target;
        notes.say("saved " + count(conversation.exchanges()) + " to " + target
                + (conversation.hasImages() ? ", without images" : "") + ".");
    }

    private void load(String argument) throws IOException {
        if (argument.isEmpty()) {
            notes.say("from which file? Type /load FILE.");
            return;
        }
        Path source = path(argument);
        ConversationFile saved = ConversationFile.load(source);
        String forgotten = forgetting();
        conversation.restart(saved.system(), saved.exchanges());
        file = source;
        stayOnlyWithKnownProvider();
        notes.say("loaded " + count(saved.exchanges()) + " from " + source + "." + forgotten);
        showRoute();
    }

    /** A conversation may come from a place with other settings. */
    private void stayOnlyWithKnownProvider() {
        try {
            links();
        } catch (LlmConfigException e) {
            conversation.stayWith(null);
        }
    }

    private String forgetting() {
        List<Exchange> exchanges = conversation.exchanges();
        return exchanges.isEmpty() ? "" : " Forgotten: " + count(exchanges) + ".";
    }

    private static String count(List<Exchange> exchanges) {
        int count = exchanges.size();
        return count == 1 ? "1 question and its answer" : count + " questions and their answers";
    }

    /** Returns the path for a file name as a shell would read it, without quotes and with ~ for the home folder. */
    private Path path(String typed) {
        String name = typed;
        for (String quote : List.of("\"", "'")) {
            if (name.length() > 2 && name.startsWith(quote) && name.endsWith(quote)) {
                name = name.substring(1, name.length() - 1);
            }
        }
        return name.startsWith("~/") ? home.resolve(name.substring(2)) : Path.of(name);
    }
}
