package dev.llmspi.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** One row of the table: a figure of every contestant, round by round. */
final class Results {

    private final Map<String, List<Double>> rounds = new LinkedHashMap<>();

    /** NaN: the contestant failed. */
    void add(String contestant, double value) {
        rounds.computeIfAbsent(contestant, name -> new ArrayList<>()).add(value);
    }

    /** Of whom there are figures. */
    Set<String> names() {
        return rounds.keySet();
    }

    /** The median over the rounds. */
    double median(String contestant) {
        return median(rounds.getOrDefault(contestant, List.of()));
    }

    /** The median of what the figure is to that of the baseline in the same round, with its least and greatest. */
    String ratio(String contestant, String baseline) {
        List<Double> own = rounds.getOrDefault(contestant, List.of());
        List<Double> base = rounds.getOrDefault(baseline, List.of());
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            ratios.add(own.get(i) / base.get(i));
        }
        double median = median(ratios);
        if (Double.isNaN(median)) {
            return "failed";
        }
        return String.format(
                Locale.ROOT,
                "%s × <small>%s–%s</small>",
                two(median),
                two(Collections.min(ratios)),
                two(Collections.max(ratios)));
    }

    double medianRatio(String contestant, String baseline) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < rounds.get(contestant).size(); i++) {
            ratios.add(rounds.get(contestant).get(i) / rounds.get(baseline).get(i));
        }
        return median(ratios);
    }

    private static String two(double value) {
        return String.format(Locale.ROOT, value < 0.1 ? "%.3f" : "%.2f", value);
    }

    private static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
