package dev.llmspi.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** One row of the table, with the figures of every contestant in each round. */
final class Results {

    private final Map<String, List<Double>> rounds = new LinkedHashMap<>();

    /** Adds a figure; NaN means that the contestant failed. */
    void add(String contestant, double value) {
        rounds.computeIfAbsent(contestant, name -> new ArrayList<>()).add(value);
    }

    /** Returns the names of the contestants that have figures. */
    Set<String> names() {
        return rounds.keySet();
    }

    /** Returns the median of a contestant's figures from all rounds. */
    double median(String contestant) {
        return median(rounds.getOrDefault(contestant, List.of()));
    }

    /** Returns the median, minimum and maximum of a contestant's ratios to the baseline in the same round. */
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
