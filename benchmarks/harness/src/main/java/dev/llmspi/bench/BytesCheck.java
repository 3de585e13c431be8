package dev.llmspi.bench;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Compares the allocated bytes with the limits in a file. The JVM runs without the C2 compiler, because C2 eliminates
 * some allocations. Without it, the figures hardly vary and a margin of a few percent is enough.
 */
public final class BytesCheck {

    private static final String CONTESTANT = "whole chain";
    /** The scenarios that are measured, by the names of their limits in the file. */
    private static final Map<String, String> SCENARIOS = new TreeMap<>(Map.of(
            "call", "calls",
            "chunk", "stream",
            "conversation-first", "conversation-first 200 200000",
            "conversation-again", "conversation-again 200 200000"));

    private BytesCheck() {}

    /** @param arguments the {@code benchmarks} folder, and the file with the limits */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Properties limits = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(arguments[1]))) {
            limits.load(file);
        }
        double margin = 1 + Integer.parseInt(limits.getProperty("margin-percent")) / 100.0;
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        boolean kept = true;
        try (ServerProcess server = new ServerProcess(folder.resolve("harness"));
                ContestantJvm jvm = ContestantJvm.start(
                        java, folder.resolve("llmspi"), server.url(), List.of("-XX:TieredStopAtLevel=1"))) {
            String name = jvm.names().stream()
                    .filter(one -> one.endsWith(CONTESTANT))
                    .findFirst()
                    .orElseThrow();
            for (Map.Entry<String, String> scenario : SCENARIOS.entrySet()) {
                double bytes = jvm.run(name, scenario.getValue()).getOrDefault("bytes", Double.NaN);
                double limit = Double.parseDouble(limits.getProperty(scenario.getKey()));
                boolean within = bytes <= limit * margin;
                kept &= within;
                System.out.printf(
                        Locale.ROOT,
                        "%-20s %,9.0f bytes, expected %,9.0f (%+.1f %%)%s%n",
                        scenario.getKey(),
                        bytes,
                        limit,
                        100 * (bytes / limit - 1),
                        within ? "" : "  MORE THAN ALLOWED");
                if (bytes * margin < limit) {
                    System.out.println("  lower than expected: lower the limit in " + arguments[1]);
                }
            }
        }
        if (!kept) {
            System.exit(1);
        }
    }
}
