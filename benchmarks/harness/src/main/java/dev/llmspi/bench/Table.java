package dev.llmspi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the results as a table into a document, between two markers. */
final class Table {

    private static final double COLD_REACH = 0.75;

    private final Map<Row, Results> rows;
    private final Results cold;
    private final Results commands;
    private final Map<String, Double> held;
    private final int streams;
    private final double busiest;
    private final List<String> names;
    private final String baseline;
    private final String ours;

    Table(
            Map<Row, Results> rows,
            Results cold,
            Results commands,
            Map<String, Double> held,
            int streams,
            double busiest) {
        this.rows = rows;
        this.cold = cold;
        this.commands = commands;
        this.held = held;
        this.streams = streams;
        this.busiest = busiest;
        this.names = new ArrayList<>(held.keySet());
        this.baseline = names.stream()
                .filter(name -> name.contains("Jackson"))
                .findFirst()
                .orElseThrow();
        this.ours = names.get(names.size() - 1);
        names.remove(baseline);
    }

    void write(Path document, int rounds, int starts) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append(LocalDate.now())
                .append(", ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" cores, ")
                .append(System.getProperty("os.name"))
                .append(' ')
                .append(System.getProperty("os.arch"))
                .append(", JDK ")
                .append(System.getProperty("java.version"))
                .append(", ")
                .append(rounds)
                .append(" rounds, ")
                .append(starts)
                .append(" starts; the server used at most ")
                .append(Math.round(busiest * 100))
                .append(
                        " % of one core. The first column has absolute figures, the others have ratios to it: median, "
                                + "minimum and maximum of the rounds, or of the starts.\n\n");
        line(text, "", baseline, names, "reach", "");
        line(text, "---", "---:", names.stream().map(name -> "---:").toList(), "---:", "---");
        rows.forEach((row, results) -> line(
                text,
                row.title(),
                String.format(Locale.ROOT, row.unit(), results.median(baseline)),
                names.stream().map(name -> results.ratio(name, baseline)).toList(),
                (row.more() ? "≥ " : "≤ ") + row.reach(),
                verdict(row.isReached(results.medianRatio(ours, baseline)))));
        line(
                text,
                String.format(Locale.ROOT, "%,d slow streams: came in time", streams),
                count(held.get(baseline)),
                names.stream().map(name -> count(held.get(name))).toList(),
                "all",
                verdict(held.get(ours) >= streams));
        line(
                text,
                "JVM start to first answer",
                String.format(Locale.ROOT, "%,.0f ms", cold.median(baseline)),
                names.stream().map(name -> cold.ratio(name, baseline)).toList(),
                "≤ " + COLD_REACH,
                verdict(cold.medianRatio(ours, baseline) <= COLD_REACH));
        text.append('\n');
        for (String command : commands.names()) {
            text.append(String.format(
                    Locale.ROOT,
                    "- `llm %s`, as built, from start to end: %,.0f ms.%n",
                    command,
                    commands.median(command)));
        }
        Region.replace(document, "table", text.toString());
        System.out.println(text);
    }

    private static String count(double streams) {
        return String.format(Locale.ROOT, "%,.0f", streams);
    }

    static String verdict(boolean reached) {
        return reached ? "reached" : "**not reached**";
    }

    private static void line(
            StringBuilder text, String title, String base, List<String> others, String reach, String verdict) {
        text.append("| ")
                .append(title)
                .append(" | ")
                .append(base)
                .append(" | ")
                .append(String.join(" | ", others))
                .append(" | ")
                .append(reach)
                .append(" | ")
                .append(verdict)
                .append(" |\n");
    }
}
