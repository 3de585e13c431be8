package dev.llmspi.openai.wire;

/**
 * The text of a stream in which messages stand in place of deltas or beside them. Some servers send the text once, some
 * in pieces, and some send all of it again each time, longer.
 */
final class GrowingText {

    /**
     * A text of more characters that equals everything so far is a repetition; a shorter one may be a piece that comes
     * twice.
     */
    private static final int LONGEST_REPEATED_PIECE = 4;

    private final StringBuilder all = new StringBuilder();
    private boolean pieces;
    private boolean cumulative;
    private boolean deltas;

    /** What is new in the text of the next message. */
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

    /** Takes the text of a delta; false if it only repeats what messages have said. */
    boolean takes(String delta) {
        boolean repeats = !deltas && delta.length() > LONGEST_REPEATED_PIECE && delta.contentEquals(all);
        deltas = true;
        if (!repeats) {
            all.append(delta);
        }
        return !repeats;
    }
}
