package dev.llmspi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Makes the table of the parts from what JMH wrote. */
public final class Parts {

    private static final int NAME = 0;
    private static final int SCORE = 4;
    private static final int ERROR = 5;
    private static final String BYTES = ":gc.alloc.rate.norm";

    private Parts() {}

    /** @param arguments JMH's results as CSV, the document to write into */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> times = new TreeMap<>();
        Map<String, String> bytes = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] fields = line.replace("\"", "").split(",");
            String name = fields[NAME];
            if (name.endsWith(BYTES)) {
                bytes.put(shortName(name.replace(BYTES, "")), number(fields[SCORE], "%,.0f"));
            } else if (!name.equals("Benchmark") && name.indexOf(':') < 0) {
                times.put(shortName(name), number(fields[SCORE], "%,.0f") + " ± " + number(fields[ERROR], "%,.0f"));
            }
        }
        StringBuilder text = new StringBuilder("| part | ns | bytes allocated |\n| --- | ---: | ---: |\n");
        times.forEach((name, time) -> text.append("| ")
                .append(name)
                .append(" | ")
                .append(time)
                .append(" | ")
                .append(bytes.get(name))
                .append(" |\n"));
        Region.replace(Path.of(arguments[1]), "parts", text.toString());
        System.out.println(text);
    }

    private static String shortName(String name) {
        String[] parts = name.split("\\.");
        return parts[parts.length - 2] + "." + parts[parts.length - 1];
    }

    private static String number(String text, String format) {
        return String.format(Locale.ROOT, format, Double.parseDouble(text));
    }
}
