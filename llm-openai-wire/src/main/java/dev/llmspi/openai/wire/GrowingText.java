package dev.llmspi.openai.wire;

/**
 * The text of messages that stand in a stream where deltas should be. Some servers send it once, some in pieces, and some send all
 * of it again each time, longer.
 */
final class GrowingText {

    /** A longer text that comes twice is a repetition; a short one may be a piece that comes twice. */
    private static final int LONGEST_REPEATED_PIECE = 16;

    private final StringBuilder all = new StringBuilder();
    private boolean pieces;
    private boolean cumulative;

    /** What is new in the text of the next message. */
    String next(String text) {
        String added = text;
        if (!all.isEmpty() && !pieces) {
            boolean repeats = text.contentEquals(all) && (cumulative || text.length() > LONGEST_REPEATED_PIECE);
            boolean grows = text.length() > all.length() && text.startsWith(all.toString());
            cumulative |= grows;
            pieces = !repeats && !grows && !text.isEmpty();
            if (!pieces) {
                added = text.isEmpty() ? "" : text.substring(all.length());
            }
        }
        all.append(added);
        return added;
    }
}
