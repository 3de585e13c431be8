package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ToolCall;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tool call whose fragments are still arriving: its id, its name and its {@link ToolArguments}. Fragments may extend
 * the name until the arguments begin, and a repeated name is ignored. Arguments are emitted only when no rule can
 * change them any more.
 */
final class PartialToolCall {

    private static final int LONGEST_NAME_IN_PIECES = 1024;

    /** The index that the server sent; the position in the server's list if it sent no index. */
    final int place;

    /** The members of the call that this library does not interpret. */
    final UnknownMembers fields = new UnknownMembers();

    private final JsonReader json;
    private final ToolArguments arguments;
    /** The index of the call in the emitted events; -1 until the call has a name or arguments. */
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

    /** Assigns the index. Called once the call has a name or arguments. */
    void list(int nextIndex) {
        index = nextIndex;
    }

    boolean isListed() {
        return index >= 0;
    }

    /** Sets the server's id unless the call already has one. Later ids are aliases for the same call. */
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

    /**
     * Whether the arguments are complete and the given name differs from this call's, so that it belongs to another
     * call.
     */
    boolean isDoneUnderAnotherName(@Nullable String other) {
        return arguments.mayEnd() && other != null && name != null && !other.equals(name);
    }

    /**
     * Adds a complete name or a fragment of a name.
     *
     * @param tools the names of the request's tools; empty if unknown
     * @return false if the text must be the name of another call
     * @throws StreamConstraintsException if the name exceeds the limit
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
            throw new StreamConstraintsException("the name is too long");
        }
        String longer = piece.startsWith(known) && !tools.contains(known + piece) ? piece : known + piece;
        if (tools.contains(known) && tools.contains(piece) && !tools.contains(longer)) {
            return false;
        }
        name = longer;
        return true;
    }

    /** Whether the call has a name, and its arguments are either absent or complete. */
    boolean isWhole() {
        return name != null && arguments.isWhole();
    }

    /** Reserves the server's id as soon as it is known. If two calls have the same id, the first call keeps it. */
    void takeId(UniqueIds ids) {
        if (isListed() && wireId != null) {
            id(ids);
        }
    }

    /** Emits the arguments that can no longer change. */
    void report(UniqueIds ids, Queue<ChatStreamEvent> events) {
        if (isListed() && name != null && arguments.isCertain() && reported < arguments.length()) {
            reportRest(ids, arguments.from(reported), events);
        }
    }

    /** Emits the remaining arguments and the complete call. */
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

    /** Returns the call in its current state. */
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
