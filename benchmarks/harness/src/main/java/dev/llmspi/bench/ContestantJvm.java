package dev.llmspi.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A JVM with the contestants of one module, which waits for commands. */
final class ContestantJvm implements AutoCloseable {

    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g");

    private final Process process;
    private final PrintStream commands;
    private final BufferedReader figures;
    private final List<String> names = new ArrayList<>();

    private ContestantJvm(Process process) throws IOException {
        this.process = process;
        this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.figures = process.inputReader(StandardCharsets.UTF_8);
        for (String name = line(); !name.isEmpty(); name = line()) {
            names.add(name);
        }
    }

    /**
     * Starts the JVM.
     *
     * @param java the path of the java command
     * @param module the folder of the contestants' module, already built
     * @param options additional JVM options
     */
    static ContestantJvm start(String java, Path module, URI server, List<String> options) throws IOException {
        List<String> command = command(java, module, options);
        command.add(server.toString());
        return new ContestantJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Measures the time from the start of a JVM to its first answer, in milliseconds. */
    static double firstAnswer(String java, Path module, URI server, String name) throws IOException {
        List<String> command = command(java, module, List.of());
        command.add(server.toString());
        command.add(name);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = process.inputReader()) {
            String answer = output.readLine();
            double millis = (System.nanoTime() - start) / 1e6;
            if (answer == null || !answer.startsWith("Sunlight")) {
                throw new IOException(name + " answered: " + answer);
            }
            return millis;
        } finally {
            process.destroy();
        }
    }

    private static List<String> command(String java, Path module, List<String> options) {
        Path target = module.resolve("target");
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(HEAP);
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                target.resolve("*")
                        + File.pathSeparator
                        + target.resolve("libs").resolve("*"),
                "dev.llmspi.bench.Runner"));
        return command;
    }

    long pid() {
        return process.pid();
    }

    List<String> names() {
        return names;
    }

    /** Runs a scenario and returns its figures by name, or an empty map if the contestant failed. */
    Map<String, Double> run(String name, String scenario) throws IOException {
        commands.println(name + "\t" + scenario);
        String line = line();
        Map<String, Double> read = new HashMap<>();
        for (String figure :
                line.equals("failed") ? new String[0] : line.strip().split(" ")) {
            String[] pair = figure.split("=");
            read.put(pair[0], Double.valueOf(pair[1]));
        }
        return read;
    }

    private String line() throws IOException {
        String line = figures.readLine();
        if (line == null) {
            throw new IOException("the JVM of a contestant has exited");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
