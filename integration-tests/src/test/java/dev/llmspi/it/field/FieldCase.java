package dev.llmspi.it.field;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A case in the corpus, which consists of one call or of the calls in a short conversation.
 *
 * @param file the file name without its extension, such as {@code A1-choice-index}
 * @param line the number of the line that names the case
 * @param from the public report that the case is based on, or {@code own}
 * @param types the provider types to run the case with
 * @param settings the configuration lines for the first link's provider block
 */
record FieldCase(
        String file, int line, String name, String from, List<String> types, List<String> settings, List<Turn> turns) {

    static final List<String> ALL_TYPES = List.of("openai", "openrouter", "portkey");

    /** Returns the row in the catalogue that the case belongs to, such as {@code A1}. */
    String row() {
        int dash = file.indexOf('-');
        return dash < 0 ? file : file.substring(0, dash);
    }

    /** Returns the modes in which the case can run. Each turn must have a reply for these modes. */
    Set<Mode> modes() {
        Set<Mode> modes = EnumSet.allOf(Mode.class);
        for (Turn turn : turns) {
            if (!turn.replies().isEmpty()) {
                modes.retainAll(turn.replies().keySet());
            }
        }
        return modes;
    }

    /** Returns whether the case depends on the history of a conversation. */
    boolean isConversation() {
        return turns.size() > 1;
    }

    /** Returns the names of the tools to offer, which are those that the answers call. */
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
     * @param replies the response for each mode. If it is empty, the server sends any valid answer.
     * @param sent the checks to apply to the request that the server received
     */
    record Turn(Ask ask, Map<Mode, CannedReply> replies, List<SentCheck> sent, Expected expected) {}
}
