package dev.llmspi.core.config;

import dev.llmspi.api.spi.ConfigBlock;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Refuses keys that nobody has read, naming the known one that is nearest: most of them are slips of the finger. */
public final class UnknownKeys {

    private UnknownKeys() {}

    /** Reports each unread key of the block as a fault. To be called once everything that is known has been read. */
    public static void refuse(ConfigBlock block) {
        for (String key : block.unread()) {
            block.fault(key, "is not known" + didYouMean(key, block.known()));
        }
    }

    /** {@code ; did you mean "x"?} for the nearest of the known names; else all of them, if there are any. */
    public static String didYouMean(String word, Collection<String> known) {
        Optional<String> nearest = nearest(word, known);
        if (nearest.isPresent()) {
            return "; did you mean \"" + nearest.get() + "\"?";
        }
        return known.isEmpty()
                ? ""
                : "; known: " + String.join(", ", known.stream().sorted().toList());
    }

    private static Optional<String> nearest(String word, Collection<String> known) {
        int limit = word.length() < 4 ? 1 : Math.max(2, word.length() / 3);
        return known.stream()
                .filter(candidate -> !candidate.equals(word) && distance(word, candidate) <= limit)
                .min(Comparator.<String>comparingInt(candidate -> distance(word, candidate))
                        .thenComparing(c -> c));
    }

    /** Levenshtein distance, case aside; a dash counts like an underscore. */
    private static int distance(String left, String right) {
        String a = plain(left);
        String b = plain(right);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
