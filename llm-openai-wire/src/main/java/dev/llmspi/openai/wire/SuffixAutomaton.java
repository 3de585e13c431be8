package dev.llmspi.openai.wire;

import java.util.Arrays;

/**
 * Finds the pieces that a text has in common with other texts. Its construction and the search are linear in the length
 * of the texts, whatever they contain. Not thread-safe.
 */
final class SuffixAutomaton {

    private static final int ROOT = 0;
    private static final int NONE = -1;

    /** For each state, the length of its longest piece, the state of its longest shorter suffix, and its first edge. */
    private final int[] lengths;

    private final int[] links;
    private final int[] firstEdges;
    private final char[] edgeChars;
    private final int[] edgeTargets;
    private final int[] nextEdges;
    /** The edges of the root, which has the most edges, by their characters. */
    private final int[] rootEdges = new int[1 << Character.SIZE];
    /** The state after each character of the text. */
    private final int[] prefixes;
    /** For each state, the length of the longest piece that was found. */
    private final int[] found;

    private int states = 1;
    private int edges;
    private int state = ROOT;
    private int matched;
    private int piece = ROOT;
    private int pieceLength;

    SuffixAutomaton(char[] text, int length) {
        int most = 2 * length + 1;
        lengths = new int[most];
        links = new int[most];
        firstEdges = new int[most];
        found = new int[most];
        edgeChars = new char[3 * length + 1];
        edgeTargets = new int[3 * length + 1];
        nextEdges = new int[3 * length + 1];
        prefixes = new int[length];
        Arrays.fill(firstEdges, NONE);
        Arrays.fill(rootEdges, NONE);
        links[ROOT] = NONE;
        int last = ROOT;
        for (int i = 0; i < length; i++) {
            last = prefixes[i] = append(last, text[i]);
        }
    }

    private int append(int last, char c) {
        int added = states++;
        lengths[added] = lengths[last] + 1;
        int from = last;
        while (from != NONE && edge(from, c) == NONE) {
            addEdge(from, c, added);
            from = links[from];
        }
        if (from == NONE) {
            links[added] = ROOT;
            return added;
        }
        int target = edgeTargets[edge(from, c)];
        if (lengths[target] == lengths[from] + 1) {
            links[added] = target;
            return added;
        }
        int copy = states++;
        lengths[copy] = lengths[from] + 1;
        links[copy] = links[target];
        for (int edge = firstEdges[target]; edge != NONE; edge = nextEdges[edge]) {
            addEdge(copy, edgeChars[edge], edgeTargets[edge]);
        }
        links[target] = links[added] = copy;
        for (int edge; from != NONE && (edge = edge(from, c)) != NONE && edgeTargets[edge] == target; ) {
            edgeTargets[edge] = copy;
            from = links[from];
        }
        return added;
    }

    private int edge(int from, char c) {
        if (from == ROOT) {
            return rootEdges[c];
        }
        int edge = firstEdges[from];
        while (edge != NONE && edgeChars[edge] != c) {
            edge = nextEdges[edge];
        }
        return edge;
    }

    private void addEdge(int from, char c, int target) {
        edgeChars[edges] = c;
        edgeTargets[edges] = target;
        nextEdges[edges] = firstEdges[from];
        firstEdges[from] = edges;
        if (from == ROOT) {
            rootEdges[c] = edges;
        }
        edges++;
    }

    /** Starts the search in another text. */
    void restart() {
        state = ROOT;
        matched = 0;
    }

    /** Reads the next character of the other text. */
    void read(char c) {
        int edge = edge(state, c);
        while (edge == NONE && state != ROOT) {
            state = links[state];
            matched = lengths[state];
            edge = edge(state, c);
        }
        if (edge != NONE) {
            state = edgeTargets[edge];
            matched++;
        }
    }

    /**
     * Returns the length of the longest piece that ends with the character that was read last; 0 if it is marked
     * already.
     */
    int longestPiece() {
        piece = state;
        pieceLength = matched;
        return found[piece] < pieceLength ? pieceLength : 0;
    }

    /**
     * Marks the current piece wherever the text contains it, and continues with the longest shorter piece that occurs
     * in more places.
     *
     * @return the length of the shorter piece; 0 if it is marked already
     */
    int markPiece() {
        found[piece] = Math.max(found[piece], pieceLength);
        piece = Math.max(ROOT, links[piece]);
        pieceLength = lengths[piece];
        return found[piece] < pieceLength ? pieceLength : 0;
    }

    /** Returns, for each index of the text, the length of the longest marked piece that ends there. */
    int[] marked() {
        int[] longest = new int[prefixes.length];
        int[] pending = new int[states];
        boolean[] known = new boolean[states];
        known[ROOT] = true;
        for (int i = 0; i < prefixes.length; i++) {
            int depth = 0;
            int from = prefixes[i];
            while (!known[from]) {
                pending[depth++] = from;
                from = links[from];
            }
            while (depth > 0) { // a piece of a suffix occurs wherever the longer piece occurs
                int longer = pending[--depth];
                found[longer] = Math.max(found[longer], found[links[longer]]);
                known[longer] = true;
            }
            longest[i] = found[prefixes[i]];
        }
        return longest;
    }
}
