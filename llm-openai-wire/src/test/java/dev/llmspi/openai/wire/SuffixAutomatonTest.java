package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Compares the pieces that are found with those that a slow search finds. */
class SuffixAutomatonTest {

    private static final int SHORTEST = 3;
    private static final long SEED = Long.getLong("llmspi.seed", 14);

    private static String random(Random random, int letters) {
        StringBuilder text = new StringBuilder();
        int length = 1 + random.nextInt(40);
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(letters)));
        }
        return text.toString();
    }

    private static int[] found(String text, String other) {
        SuffixAutomaton automaton = new SuffixAutomaton(text.toCharArray(), text.length());
        automaton.restart();
        for (int i = 0; i < other.length(); i++) {
            automaton.read(other.charAt(i));
            int piece = automaton.longestPiece();
            while (piece >= SHORTEST) {
                piece = automaton.markPiece();
            }
        }
        return automaton.marked();
    }

    private static int[] expected(String text, String other) {
        int[] longest = new int[text.length()];
        for (int end = 1; end <= text.length(); end++) {
            for (int begin = 0; begin + SHORTEST <= end && longest[end - 1] == 0; begin++) {
                longest[end - 1] = other.contains(text.substring(begin, end)) ? end - begin : 0;
            }
        }
        return longest;
    }

    @Test
    void marked_randomTexts_longestCommonPieces() {
        Random random = new Random(SEED);
        for (int i = 0; i < 3_000; i++) {
            int letters = 1 + random.nextInt(5);
            String text = random(random, letters);
            String other = random(random, letters);
            assertArrayEquals(expected(text, other), found(text, other), text + " in " + other + ", seed " + SEED);
        }
    }
}
