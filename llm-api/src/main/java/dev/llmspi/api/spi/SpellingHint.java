package dev.llmspi.api.spi;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Suggests the known name that is most similar to a misspelt one, for messages about configuration and commands. This
 * class is stateless and thread-safe.
 */
public final class SpellingHint {

    private SpellingHint() {}

    /**
     * Returns the end of a message about an unknown name: {@code ; did you mean "x"?} if a similar name is known,
     * otherwise {@code ; known: } with all known names in alphabetical order, or {@code ""} if there are none. A name
     * that ends with the word is suggested too, such as {@code default-model} for {@code model}.
     */
    public static String of(String word, Collection<String> known) {
        Optional<String> nearest = nearest(word, known);
        if (nearest.isPresent()) {
            Set<String> names = new LinkedHashSet<>();
            if (nearest.get().equals(word + "s")) {
                names.add(nearest.get());
            }
            longer(word, known).ifPresent(names::add);
            names.add(nearest.get());
            return "; did you mean \"" + String.join("\" or \"", names) + "\"?";
        }
        return known.isEmpty()
                ? ""
                : "; known: " + String.join(", ", known.stream().sorted().toList());
    }

    /**
     * Returns the known name with the smallest edit distance, or empty if no name is similar enough. The maximum
     * distance is 1 for words of up to three letters. For longer words it is 2 or a third of the word's length,
     * whichever is larger. Among names at the same distance, the one whose length is closest to the word's is
     * preferred, and then the first in alphabetical order. If there is no such name, returns one that ends with the
     * word after a dash.
     */
    public static Optional<String> nearest(String word, Collection<String> known) {
        int limit = word.length() < 4 ? 1 : Math.max(2, word.length() / 3);
        return known.stream()
                .filter(name -> !name.equals(word) && distance(word, name) <= limit)
                .min(Comparator.comparingInt((String name) -> distance(word, name))
                        .thenComparingInt(name -> Math.abs(name.length() - word.length()))
                        .thenComparing(Comparator.naturalOrder()))
                .or(() -> longer(word, known));
    }

    /** Returns the shortest name that ends with the word after a dash. */
    private static Optional<String> longer(String word, Collection<String> known) {
        String end = "-" + plain(word);
        return word.isEmpty()
                ? Optional.empty()
                : known.stream()
                        .filter(name -> plain(name).endsWith(end))
                        .min(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
    }

    /**
     * Returns the Levenshtein distance, except that two swapped letters count as one edit. It ignores case and treats
     * underscores as dashes.
     */
    private static int distance(String left, String right) {
        String a = plain(left);
        String b = plain(right);
        int[][] errors = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    errors[i][j] = i + j;
                    continue;
                }
                int replaced = errors[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int fewest = Math.min(replaced, Math.min(errors[i - 1][j], errors[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    fewest = Math.min(fewest, errors[i - 2][j - 2] + 1);
                }
                errors[i][j] = fewest;
            }
        }
        return errors[a.length()][b.length()];
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
