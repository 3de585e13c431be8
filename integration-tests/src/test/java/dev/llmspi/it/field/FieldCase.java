package dev.llmspi.it.field;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A case of the corpus: one call, or the calls of a short conversation.
 *
 * @param file the file it stands in, without ending, such as {@code A1-choice-index}
 * @param line the line of its name
 * @param from the public report it was written from, or {@code own}
 * @param types the provider types it is run with
 * @param settings lines of configuration for the block of the first link
 */
record FieldCase(
        String file, int line, String name, String from, List<String> types, List<String> settings, List<Turn> turns) {

    static final List<String> ALL_TYPES = List.of("openai", "openrouter", "portkey");

    /** The row of the catalogue, such as {@code A1}. */
    String row() {
        int dash = file.indexOf('-');
        return dash < 0 ? file : file.substring(0, dash);
    }

    /** How it can be asked: each turn that names a reply has one for that mode. */
    Set<Mode> modes() {
        Set<Mode> modes = EnumSet.allOf(Mode.class);
        for (Turn turn : turns) {
            if (!turn.replies().isEmpty()) {
                modes.retainAll(turn.replies().keySet());
            }
        }
        return modes;
    }

    /** Whether the history of the conversation plays a part. */
    boolean isConversation() {
        return turns.size() > 1;
    }

    /** The names of the tools that are to be offered: those that are asked for. */
    List<String> toolNames() {
        return turns.stream()
                .flatMap(turn -> turn.expected().calls().stream())
                .map(Expected.Call::name)
                .filter(name -> name.matches("[A-Za-z0-9_-]{1,64}"))
                .distinct()
                .collect(Collectors.toList());
    }

    @Override
    public String toString() {
        return file + ".txt:" + line + " " + name;
    }

    /**
     * One call of a case.
     *
     * @param replies by the mode the answer is asked for in; empty: any good answer
     * @param sent checks of the request as the server got it
     */
    record Turn(Ask ask, Map<Mode, CannedReply> replies, List<SentCheck> sent, Expected expected) {}
}
