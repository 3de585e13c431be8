package dev.llmspi.examples.conversation;

import static dev.llmspi.examples.show.JsonLine.object;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Message;
import dev.llmspi.examples.show.JsonLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A file with a conversation as JSON: the text of each message, and the provider and model of each answer. Images, tool
 * calls and reasoning are not stored. Only the owner can read the file.
 *
 * <p>Every {@link IOException} of this class names the file and says what to do.
 *
 * @param system the system prompt, if there is one
 */
record ConversationFile(Optional<String> system, List<Exchange> exchanges) {

    private static final int VERSION = 1;
    /** A conversation that fills the context of a model has at most a few megabytes. */
    private static final long LARGEST = 64 << 20;

    /** Writes the file completely or not at all. An existing file is replaced. */
    void save(Path file) throws IOException {
        List<Object> messages = new ArrayList<>();
        system.ifPresent(text -> messages.add(object("role", "system", "text", text)));
        for (Exchange exchange : exchanges) {
            messages.add(object("role", "user", "text", exchange.question().text()));
            messages.add(answer(exchange));
        }
        String lines = messages.stream().map(JsonLine::of).collect(Collectors.joining(",\n"));
        String json = "{\"version\":" + VERSION + ",\"messages\":[\n" + lines + "\n]}\n";
        try {
            write(file, json);
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + cause(e), e);
        }
    }

    private static Map<String, @Nullable Object> answer(Exchange exchange) {
        AssistantMessage answer = exchange.answer();
        Map<String, @Nullable Object> json = object("role", "assistant", "text", answer.text());
        answer.provider().ifPresent(name -> json.put("provider", name));
        answer.model().ifPresent(name -> json.put("model", name));
        if (exchange.cut()) {
            json.put("cut", true);
        }
        return json;
    }

    private static void write(Path file, String json) throws IOException {
        // A symbolic link keeps pointing to the file that is replaced.
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || Files.exists(target) && !Files.isRegularFile(target)) {
            throw new FileSystemException(file.toString(), null, "it is not a regular file");
        }
        if (!Files.isDirectory(folder)) {
            throw new FileSystemException(file.toString(), null, "there is no folder " + folder);
        }
        // Only the owner can read a temporary file. It becomes the final file, with these permissions.
        Path written = Files.createTempFile(folder, ".llm-", ".tmp");
        try {
            Files.writeString(written, json);
            move(written, target);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    static ConversationFile load(Path file) throws IOException {
        String text;
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new FileSystemException(file.toString(), null, "it is not a regular file");
            }
            if (Files.size(file) > LARGEST) {
                throw new FileSystemException(file.toString(), null, "it is larger than 64 MiB");
            }
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw broken(file, "it is not UTF-8 text");
        } catch (IOException e) {
            throw new IOException("cannot read " + file + ": " + cause(e), e);
        }
        try {
            return messages(file, parse(file, text));
        } catch (ConfigException e) {
            throw broken(file, String.valueOf(e.getMessage()));
        } catch (StackOverflowError e) {
            throw broken(file, "its JSON is nested too deeply");
        }
    }

    private static List<?> parse(Path file, String text) throws IOException {
        ConfigParseOptions json = ConfigParseOptions.defaults()
                .setSyntax(ConfigSyntax.JSON)
                .setOriginDescription(String.valueOf(file.getFileName()));
        Config config = ConfigFactory.parseString(text, json);
        Map<String, Object> members = config.root().unwrapped();
        if (members.get("version") instanceof Number version && version.intValue() > VERSION) {
            throw broken(file, "a newer version of llm wrote it");
        }
        if (members.get("messages") instanceof List<?> messages) {
            return messages;
        }
        throw broken(file, "it has no list \"messages\"");
    }

    private static ConversationFile messages(Path file, List<?> messages) throws IOException {
        String system = null;
        String question = null;
        List<Exchange> exchanges = new ArrayList<>();
        int number = 0;
        for (Object item : messages) {
            number++;
            String role = member(item, "role");
            String text = member(item, "text");
            if (text.isBlank()) {
                throw broken(file, "message " + number + " has no text");
            }
            if (role.equals("system") && number == 1) {
                system = text;
            } else if (role.equals("user") && question == null) {
                question = text;
            } else if (role.equals("assistant") && question != null) {
                exchanges.add(exchange(question, text, item));
                question = null;
            } else {
                String expected = question == null ? "user" : "assistant";
                throw broken(file, "message " + number + " must have the role " + expected);
            }
        }
        if (question != null) {
            throw broken(file, "the last message has no answer");
        }
        return new ConversationFile(Optional.ofNullable(system), exchanges);
    }

    private static Exchange exchange(String question, String text, Object item) {
        AssistantMessage.Builder answer = AssistantMessage.builder().text(text);
        String provider = member(item, "provider");
        if (!provider.isEmpty()) {
            String model = member(item, "model");
            answer.from(provider, model.isEmpty() ? null : model);
        }
        boolean cut = item instanceof Map<?, ?> message && Boolean.TRUE.equals(message.get("cut"));
        return new Exchange(Message.user(question), answer.build(), cut);
    }

    private static String member(Object item, String name) {
        return item instanceof Map<?, ?> message && message.get(name) instanceof String text ? text : "";
    }

    private static IOException broken(Path file, String why) {
        return new IOException(file + " is not a saved conversation: " + why);
    }

    private static String cause(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        String reason = e instanceof FileSystemException failure ? failure.getReason() : null;
        return reason != null ? reason : String.valueOf(e.getMessage());
    }
}
