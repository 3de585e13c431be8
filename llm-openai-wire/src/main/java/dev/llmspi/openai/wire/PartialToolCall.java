package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ToolCall;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One tool call while its fragments arrive: its id, its name, its {@link ToolArguments}. A name grows until the
 * arguments begin; a name that is repeated whole stays. A piece is given out only once no rule can change it.
 */
final class PartialToolCall {

    private static final int LONGEST_NAME_IN_PIECES = 1024;

    /** The index or position the server gave. */
    final int place;

    /** Members without a name here. */
    final UnknownMembers fields = new UnknownMembers();

    private final JsonReader json;
    private final ToolArguments arguments;
    /** The index given out; -1 as long as this is not known to be a call. */
    private int index = -1;

    private @Nullable String wireId;
    private @Nullable String id;
    private @Nullable String name;
    private int reported;

    PartialToolCall(int place, JsonReader json) {
        this.place = place;
        this.json = json;
        this.arguments = new ToolArguments(json);
    }

    ToolArguments arguments() {
        return arguments;
    }

    /** This is a call: it has a name or arguments. */
    void list(int nextIndex) {
        index = nextIndex;
    }

    boolean isListed() {
        return index >= 0;
    }

    /** The first id counts; later ones are other names of the same call. */
    void takeId(String given) {
        wireId = wireId == null ? given : wireId;
    }

    boolean hasWireId() {
        return wireId != null;
    }

    boolean hasWireId(@Nullable String given) {
        return given != null && given.equals(wireId);
    }

    @Nullable
    String name() {
        return name;
    }

    /** Whether this call and a name exclude each other: the arguments are there, and belong to another name. */
    boolean isDoneUnderAnotherName(@Nullable String other) {
        return arguments.mayEnd() && other != null && name != null && !other.equals(name);
    }

    /**
     * Takes a name or a piece of one.
     *
     * @param tools the names there can be; empty if they are not known
     * @return false if it must be the name of another call
     * @throws StreamConstraintsException if the name becomes longer than any
     */
    boolean takeName(String piece, Set<String> tools) throws StreamConstraintsException {
        String known = name;
        if (known == null) {
            name = piece;
            return true;
        }
        if (known.equals(piece) || arguments.isBegun()) {
            return true;
        }
        if (known.length() + piece.length() > LONGEST_NAME_IN_PIECES) {
            throw new StreamConstraintsException("too long a name");
        }
        String longer = piece.startsWith(known) && !tools.contains(known + piece) ? piece : known + piece;
        if (tools.contains(known) && tools.contains(piece) && !tools.contains(longer)) {
            return false;
        }
        name = longer;
        return true;
    }

    /** Whether nothing is missing: a name, and arguments that are absent or whole. */
    boolean isWhole() {
        return name != null && arguments.isWhole();
    }

    /** Takes the id as soon as the server has given it, so that of two calls with one id the first one keeps it. */
    void takeId(UniqueIds ids) {
        if (isListed() && wireId != null) {
            id(ids);
        }
    }

    /** Gives out what is certain. */
    void report(UniqueIds ids, Queue<ChatStreamEvent> events) {
        if (isListed() && name != null && arguments.isCertain() && reported < arguments.length()) {
            reportRest(ids, arguments.from(reported), events);
        }
    }

    /** Gives out the rest, and the whole call. */
    void complete(UniqueIds ids, Queue<ChatStreamEvent> events) {
        String whole = arguments.toString();
        if (reported < whole.length()) {
            reportRest(ids, whole.substring(reported), events);
        }
        events.add(new ChatStreamEvent.ToolCallComplete(index, whole(ids)));
    }

    private void reportRest(UniqueIds ids, String fragment, Queue<ChatStreamEvent> events) {
        reported += fragment.length();
        events.add(new ChatStreamEvent.ToolCallDelta(index, id(ids), nameOrNothing(), fragment));
    }

    /** The call as it is now. */
    ToolCall whole(UniqueIds ids) {
        String text = arguments.toString();
        return new ToolCall(id(ids), nameOrNothing(), text, json.isObject(text), fields.texts());
    }

    private String nameOrNothing() {
        return name == null ? "" : name;
    }

    private String id(UniqueIds ids) {
        String given = id;
        if (given == null) {
            id = given = ids.of(wireId == null ? "call_" + index : wireId, index);
        }
        return given;
    }
}
