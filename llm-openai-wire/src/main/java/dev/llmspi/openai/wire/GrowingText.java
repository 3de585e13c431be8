package dev.llmspi.openai.wire;

/**
 * Assembles the text of a stream that contains whole messages. Some servers send the text once, some send it in pieces,
 * and some repeat all previous text in each message and append to it.
 */
final class GrowingText {

    /**
     * Up to this length, a text equal to everything received so far may be a piece that really occurs twice in the
     * answer. A longer one is a repetition.
     */
    private static final int LONGEST_REPEATED_PIECE = 4;

    private final StringBuilder all = new StringBuilder();
    private boolean pieces;
    private boolean cumulative;
    private boolean deltas;

    /** Adds the text of the next message and returns the part of it that is new. */
    String next(String text) {
        boolean certain = cumulative || deltas || all.length() > LONGEST_REPEATED_PIECE;
        boolean holdsAll = !all.isEmpty() && text.length() >= all.length() && text.startsWith(all.toString());
        boolean repeats = holdsAll && text.length() == all.length() && certain;
        boolean grows = holdsAll && text.length() > all.length() && (certain || !pieces);
        cumulative |= grows;
        pieces |= !all.isEmpty() && !repeats && !grows && !text.isEmpty();
        String added = repeats || grows ? text.substring(all.length()) : text;
        all.append(added);
        return added;
    }

    /** Adds the text of a delta. Returns false if the delta only repeats the text of the messages. */
    boolean takes(String delta) {
        boolean repeats = !deltas && delta.length() > LONGEST_REPEATED_PIECE && delta.contentEquals(all);
        deltas = true;
        if (!repeats) {
            all.append(delta);
        }
        return !repeats;
    }
}
