package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A terminal in which a shell command runs, by tmux. Tests that need it are skipped where tmux is not installed. */
final class Tmux implements AutoCloseable {

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Path folder;
    private final Path raw;

    private Tmux(Path folder) {
        this.folder = folder;
        this.raw = folder.resolve("output");
    }

    /**
     * Starts a shell command in a new terminal. The screen stays readable after the command has ended.
     *
     * @param folder an empty folder, which holds the socket of this terminal and is the working folder
     */
    static Tmux start(Path folder, int columns, Map<String, String> environment, String line) throws Exception {
        assumeTrue(isInstalled(), "tmux is not installed");
        Tmux tmux = new Tmux(folder);
        Path settings = Files.writeString(
                folder.resolve("tmux.conf"),
                "set -g remain-on-exit on\nset -g history-limit 5000\nset -g default-terminal screen-256color\n");
        StringBuilder script = new StringBuilder("#!/bin/sh\n");
        environment.forEach((name, value) ->
                script.append("export ").append(name).append("='").append(value).append("'\n"));
        // The shell waits until the output is recorded. Ctrl-C is for the command, not for the shell.
        script.append("read -r _\ntrap : INT\n").append(line).append("\necho \"exit status $?\"\n");
        Path command = Files.writeString(folder.resolve("command"), script.toString());
        tmux.run(
                "-f",
                settings.toString(),
                "-u",
                "new-session",
                "-d",
                "-x",
                String.valueOf(columns),
                "-y",
                "50",
                "-c",
                folder.toString(),
                "/bin/sh " + command);
        tmux.run("pipe-pane", "cat > '" + tmux.raw + "'");
        tmux.key("Enter");
        return tmux;
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("tmux", "-V").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Types text and Enter. */
    void line(String text) throws IOException {
        text(text);
        key("Enter");
    }

    /** Types text. */
    void text(String text) throws IOException {
        run("send-keys", "-l", "--", text);
    }

    /** Pastes text as a terminal does. */
    void paste(String text) throws IOException {
        run("set-buffer", "--", text);
        run("paste-buffer", "-p");
    }

    /** Presses a key, such as {@code Enter} or {@code C-c}. */
    void key(String name) throws IOException {
        run("send-keys", name);
    }

    /** Waits until the program waits for the next line. */
    void awaitPrompt() throws IOException {
        await(">", true);
    }

    /** Waits until the screen contains the text. Line breaks count as blanks. */
    void await(String text) throws IOException {
        await(text, false);
    }

    private void await(String text, boolean atEnd) throws IOException {
        long end = System.nanoTime() + LIMIT_NANOS;
        String screen = screen();
        while (!(atEnd
                ? screen.stripTrailing().endsWith("\n" + text)
                : words(screen).contains(text))) {
            if (System.nanoTime() > end) {
                fail("the screen does not show: " + text + "\n" + screen);
            }
            LockSupport.parkNanos(POLL_NANOS);
            screen = screen();
        }
    }

    /** Returns the text with one blank for each sequence of blanks and line breaks. */
    static String words(String screen) {
        return screen.replaceAll("\\s+", " ");
    }

    /** Returns what the terminal shows, including the lines that have scrolled away. */
    String screen() throws IOException {
        return run("capture-pane", "-p", "-J", "-S", "-");
    }

    /** Returns the bytes that the command has written, including the escape sequences. */
    String raw() throws IOException {
        return Files.readString(raw, StandardCharsets.ISO_8859_1);
    }

    private String run(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("tmux", "-S", folder.resolve("socket").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("TMUX");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            fail(String.join(" ", command) + ": " + output);
        }
        return output;
    }

    /** Ends the terminal with everything that runs in it. */
    @Override
    public void close() throws IOException {
        run("kill-server");
    }
}
