package dev.llmspi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Measures how the cost of the whole chain grows with the length of the conversation and the answer, with the number of
 * open streams, and with time.
 */
public final class Growth {

    private static final List<Integer> MESSAGES = List.of(10, 100, 1_000);
    private static final List<Integer> CHUNKS = List.of(100, 1_000, 10_000, 100_000);
    private static final List<Integer> STREAMS = List.of(1_000, 5_000);
    private static final int CHARACTERS = 1_000;
    private static final int LONG_SECONDS = 180;

    private final Path folder;
    private final ServerProcess server;

    private Growth(Path folder) throws IOException {
        this.folder = folder;
        this.server = new ServerProcess(folder.resolve("harness"));
    }

    /**
     * @param arguments the {@code benchmarks} folder, the document to update, and the home directory of the newest JDK
     */
    public static void main(String[] arguments) throws Exception {
        Growth growth = new Growth(Path.of(arguments[0]));
        Path document = Path.of(arguments[1]);
        String own = Path.of(System.getProperty("java.home")).toString();
        try {
            Region.replace(document, "growth", growth.lengths(java(own)));
            StringBuilder held = new StringBuilder(
                    "| streams held open, 20 s | JDK | came in time | platform threads | heap per stream | CPU |\n"
                            + "| ---: | --- | ---: | ---: | ---: | ---: |\n");
            StringBuilder many = new StringBuilder("| 256 callers for " + LONG_SECONDS
                    + " s, one request of five fails | answered | failed | heap left over | threads left over |\n"
                    + "| --- | ---: | ---: | ---: | ---: |\n");
            for (String home : List.of(own, arguments[2])) {
                growth.held(java(home), held);
                growth.many(java(home), many);
            }
            Region.replace(document, "held", held.toString());
            Region.replace(document, "long", many.toString());
        } finally {
            growth.server.close();
        }
    }

    private static String java(String home) {
        return Path.of(home, "bin", "java").toString();
    }

    private ContestantJvm start(String java) throws IOException {
        return ContestantJvm.start(java, folder.resolve("llmspi"), server.url(), List.of());
    }

    private static String wholeChain(ContestantJvm jvm) {
        return jvm.names().get(jvm.names().size() - 1);
    }

    private String lengths(String java) throws IOException {
        StringBuilder text = new StringBuilder(
                "| conversation, 1 KB a message | CPU of the first call | a message "
                        + "| CPU of a later call | a message |\n"
                        + "| ---: | ---: | ---: | ---: | ---: |\n");
        try (ContestantJvm jvm = start(java)) {
            for (int messages : MESSAGES) {
                double first = cpu(jvm, "conversation-first " + messages + " " + messages * CHARACTERS);
                double again = cpu(jvm, "conversation-again " + messages + " " + messages * CHARACTERS);
                text.append(String.format(
                        Locale.ROOT,
                        "| %,d messages | %,.0f µs | %.2f µs | %,.0f µs | %.2f µs |%n",
                        messages,
                        first,
                        first / messages,
                        again,
                        again / messages));
            }
            text.append("\n| answer | CPU per chunk | bytes allocated per chunk |\n| ---: | ---: | ---: |\n");
            for (int chunks : CHUNKS) {
                Map<String, Double> figures = best(jvm, "stream-of " + chunks);
                text.append(String.format(
                        Locale.ROOT,
                        "| %,d chunks | %.2f µs | %.0f |%n",
                        chunks,
                        figures.get("cpu"),
                        figures.get("bytes")));
            }
        }
        return text.toString();
    }

    private static double cpu(ContestantJvm jvm, String scenario) throws IOException {
        return best(jvm, scenario).get("cpu");
    }

    /**
     * Returns the figures of the run with the least CPU time out of three, because the overhead of a busy machine is
     * not growth.
     */
    private static Map<String, Double> best(ContestantJvm jvm, String scenario) throws IOException {
        Map<Double, Map<String, Double>> byCpu = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            Map<String, Double> figures = jvm.run(wholeChain(jvm), scenario);
            byCpu.put(figures.get("cpu"), figures);
        }
        return byCpu.values().iterator().next();
    }

    private void held(String java, StringBuilder table) throws IOException, InterruptedException {
        for (int streams : STREAMS) {
            try (ContestantJvm jvm = start(java)) {
                jvm.run(wholeChain(jvm), "held 50 2 200"); // loads the classes before the measurement
                Map<String, Double> figures = jvm.run(wholeChain(jvm), "held " + streams + " 10 2000");
                table.append(String.format(
                        Locale.ROOT,
                        "| %,d | %s | %,.0f | %,.0f | %.0f KB | %.1f s |%n",
                        streams,
                        release(java),
                        figures.get("in-time"),
                        figures.get("threads"),
                        figures.getOrDefault("heap", Double.NaN) / 1024,
                        figures.get("cpu")));
            }
            TimeUnit.SECONDS.sleep(2); // waits while thousands of connections are closed
        }
    }

    private void many(String java, StringBuilder table) throws IOException {
        try (ContestantJvm jvm = start(java)) {
            Map<String, Double> figures = jvm.run(wholeChain(jvm), "faulty-callers 256 " + LONG_SECONDS);
            table.append(String.format(
                    Locale.ROOT,
                    "| JDK %s | %,.0f | %,.0f | %.1f MB | %.0f |%n",
                    release(java),
                    figures.get("answered"),
                    figures.get("failed"),
                    figures.get("heap") / 1024 / 1024,
                    figures.get("threads")));
        }
    }

    private static String release(String java) throws IOException {
        Process process = new ProcessBuilder(java, "--version").start();
        try (var output = process.inputReader()) {
            return output.readLine().split(" ")[1];
        }
    }
}
