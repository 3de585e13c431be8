package dev.llmspi.examples.conversation;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The file with the lines that the user typed in earlier conversations. Only its owner can read it. */
final class HistoryFile {

    private HistoryFile() {}

    /** Returns where the file is: below the user's folder for state, as the XDG Base Directory Specification says. */
    static Path location(Map<String, String> environment) {
        Path state = folder(environment, "XDG_STATE_HOME")
                .or(() -> folder(environment, "LOCALAPPDATA"))
                .orElseGet(() -> home(environment).resolve(".local/state"));
        return state.resolve("llm").resolve("history");
    }

    /** Returns the home folder of the user. */
    static Path home(Map<String, String> environment) {
        return folder(environment, "HOME").orElseGet(() -> Path.of(System.getProperty("user.home", ".")));
    }

    /** The specification says that a relative path is ignored. */
    private static Optional<Path> folder(Map<String, String> environment, String variable) {
        String value = environment.getOrDefault(variable, "");
        return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value)).filter(Path::isAbsolute);
    }

    /** Returns the file, and creates it if it is missing. If it cannot be used, says so and returns empty. */
    static Optional<Path> prepare(Map<String, String> environment, Notes notes) {
        Path file = location(environment);
        try {
            create(file);
        } catch (IOException | UnsupportedOperationException e) {
            notes.say("no history: cannot use " + file + " (" + e.getMessage() + ")");
            return Optional.empty();
        }
        if (!Files.isRegularFile(file)) {
            return Optional.empty(); // a link to /dev/null turns the history off
        }
        if (!Files.isReadable(file) || !Files.isWritable(file)) {
            notes.say("no history: no permission to read and write " + file);
            return Optional.empty();
        }
        return Optional.of(file);
    }

    private static void create(Path file) throws IOException {
        try {
            OwnerFile.create(file);
        } catch (FileAlreadyExistsException e) {
            OwnerFile.restrict(file);
        }
    }
}
