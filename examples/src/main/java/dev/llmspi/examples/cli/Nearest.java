package dev.llmspi.examples.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody probably meant to type. */
final class Nearest {

    private Nearest() {}

    /** The known word fewest slips away from the typed one: at most one for every three letters. */
    static Optional<String> to(String typed, Collection<String> known) {
        return known.stream()
                .filter(word -> slips(typed, word) <= Math.max(1, word.length() / 3))
                // Of equally near words one as long as the typed: swapping two letters is the commonest slip.
                .min(Comparator.comparingInt((String word) -> slips(typed, word))
                        .thenComparing(word -> Math.abs(word.length() - typed.length())));
    }

    /** Letters added, left out, replaced or swapped with their neighbour. */
    static int slips(String from, String to) {
        int[][] slips = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    slips[i][j] = i + j;
                    continue;
                }
                int same = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                int best = Math.min(slips[i - 1][j], slips[i][j - 1]) + 1;
                best = Math.min(best, slips[i - 1][j - 1] + same);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    best = Math.min(best, slips[i - 2][j - 2] + 1);
                }
                slips[i][j] = best;
            }
        }
        return slips[from.length()][to.length()];
    }
}
