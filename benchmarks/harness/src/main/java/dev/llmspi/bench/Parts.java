package dev.llmspi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Builds the benchmark table of the library's parts from JMH's results. */
public final class Parts {

    private static final int NAME = 0;
    private static final int SCORE = 4;
    private static final int ERROR = 5;
    private static final String BYTES = ":gc.alloc.rate.norm";
    private static final String LAYER = "LayerBenchmark.chat";
    private static final String EVENTS = "StreamBenchmark.events";
    private static final int LAYER_NANOS = 2_000;
    private static final int LAYER_BYTES = 1_400;
    private static final int EVENTS_MEGABYTES = 150;

    private Parts() {}

    /** @param arguments the CSV file with JMH's results, and the document to update */
    public static void main(String[] arguments) throws IOException {
        Map<String, Double> times = new TreeMap<>();
        Map<String, Double> errors = new TreeMap<>();
        Map<String, Double> bytes = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] fields = line.replace("\"", "").split(",");
            String name = fields[NAME];
            if (name.endsWith(BYTES)) {
                bytes.put(shortName(name.replace(BYTES, "")), Double.valueOf(fields[SCORE]));
            } else if (!name.equals("Benchmark") && name.indexOf(':') < 0) {
                times.put(shortName(name), Double.valueOf(fields[SCORE]));
                errors.put(shortName(name), Double.valueOf(fields[ERROR]));
            }
        }
        StringBuilder text = new StringBuilder("| part | ns | bytes allocated |\n| --- | ---: | ---: |\n");
        times.forEach((name, time) -> text.append(String.format(
                Locale.ROOT, "| %s | %,.0f ± %,.0f | %,.0f |%n", name, time, errors.get(name), bytes.get(name))));
        double megabytes = Replies.eventLength() * 1e3 / times.get(EVENTS);
        text.append(String.format(
                Locale.ROOT,
                "%n- The layer alone (`%s`): at most %,d ns and %,d bytes: %s.%n"
                        + "- SSE and chunks (`%s`): a chunk of %,.0f bytes in %,.0f ns "
                        + "is %,.0f MB/s; at least %d: %s.%n",
                LAYER,
                LAYER_NANOS,
                LAYER_BYTES,
                Table.verdict(times.get(LAYER) <= LAYER_NANOS && bytes.get(LAYER) <= LAYER_BYTES),
                EVENTS,
                Replies.eventLength(),
                times.get(EVENTS),
                megabytes,
                EVENTS_MEGABYTES,
                Table.verdict(megabytes >= EVENTS_MEGABYTES)));
        Region.replace(Path.of(arguments[1]), "parts", text.toString());
        System.out.println(text);
    }

    private static String shortName(String name) {
        String[] parts = name.split("\\.");
        return parts[parts.length - 2] + "." + parts[parts.length - 1];
    }
}
