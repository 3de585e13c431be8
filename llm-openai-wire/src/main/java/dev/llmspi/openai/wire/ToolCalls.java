package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ToolCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts the tool calls of a stream together from their fragments, as servers send them: ids missing, late or repeated;
 * indexes missing or all 0; arguments missing, empty, or followed by blanks.
 */
final class ToolCalls {

    /** More than any model asks for; each takes memory of its own, however short it is. */
    private static final int MOST = 1024;

    private final JsonReader json;
    private final List<Call> calls = new ArrayList<>();
    private final Map<Integer, Call> byIndex = new HashMap<>();
    private final Map<String, Call> byId = new HashMap<>();
    private final Set<String> ids = new HashSet<>();

    ToolCalls(JsonReader json) {
        this.json = json;
    }

    /**
     * Takes in one element of a delta's {@code tool_calls}.
     *
     * @param index as the server gave it; negative: not at all
     * @param position where the element stood in its list
     */
    void add(
            int index,
            int position,
            @Nullable String id,
            @Nullable String name,
            String arguments,
            Queue<ChatStreamEvent> events)
            throws StreamConstraintsException {
        Call call = find(index, position, id);
        if (call != null && call.isRepeatedBy(id, arguments)) {
            return;
        }
        if (call == null || call.isFollowedBy(id, name, arguments)) {
            if (id == null && name == null && arguments.isBlank()) {
                return;
            }
            if (calls.size() == MOST) {
                throw new StreamConstraintsException("too many tool calls");
            }
            call = new Call(calls.size());
            calls.add(call);
            byIndex.put(index < 0 ? position : index, call);
        }
        if (id != null) {
            byId.put(id, call);
            call.wireId = call.wireId == null ? id : call.wireId;
        }
        call.name = call.name == null ? name : call.name;
        call.append(arguments);
        call.report(events);
    }

    private @Nullable Call find(int index, int position, @Nullable String id) {
        if (index >= 0) {
            return byIndex.get(index);
        }
        Call known = id == null ? null : byId.get(id);
        if (known != null) {
            return known;
        }
        Call there = byIndex.get(position);
        // A late id belongs to the call that has none; else it names a call of its own.
        return id == null || there != null && there.wireId == null ? there : null;
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Whether every call has a name and arguments that are whole. */
    boolean areWhole() {
        for (Call call : calls) {
            if (call.name == null || !(call.isBlank() || call.progress.isComplete())) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is a call of which nobody knows what to call. */
    boolean lackName() {
        for (Call call : calls) {
            if (call.name == null) {
                return true;
            }
        }
        return false;
    }

    /** One event per call, in their order. */
    void complete(Queue<ChatStreamEvent> events) {
        for (Call call : calls) {
            events.add(new ChatStreamEvent.ToolCallComplete(call.index, call.whole()));
        }
    }

    private String uniqueId(@Nullable String wireId, int index) {
        String id = wireId == null ? "call_" + index : wireId;
        String unique = id;
        for (int i = index; !ids.add(unique); i++) {
            unique = id + "_" + i;
        }
        return unique;
    }

    private final class Call {
        private final int index;
        private final StringBuilder arguments = new StringBuilder();
        private final JsonProgress progress = new JsonProgress();
        private @Nullable String wireId;
        private @Nullable String name;
        // Set when the first event goes out; what the server says of the id later comes too late.
        private @Nullable String id;
        private int reported;

        Call(int index) {
            this.index = index;
        }

        boolean isBlank() {
            return !progress.isBegun();
        }

        /** Whether a server says the whole call once more, as some do at the end. */
        boolean isRepeatedBy(@Nullable String sameId, String fragment) {
            return sameId != null
                    && sameId.equals(wireId)
                    && progress.isComplete()
                    && fragment.length() == arguments.length()
                    && fragment.contentEquals(arguments);
        }

        /** Whether a fragment for the same place is not more of this call but the next one. */
        boolean isFollowedBy(@Nullable String nextId, @Nullable String nextName, String fragment) {
            boolean other = nextId != null && wireId != null && !nextId.equals(wireId);
            if (progress.isComplete()) {
                return other || nextName != null && (!fragment.isBlank() || !nextName.equals(name));
            }
            return other && nextName != null && name != null && isBlank();
        }

        void append(String fragment) {
            // Blanks behind arguments that are complete change nothing but their bytes.
            if (fragment.isEmpty() || progress.isComplete() && fragment.isBlank()) {
                return;
            }
            arguments.append(fragment);
            progress.read(fragment);
        }

        /** Holds back what cannot be said yet: arguments without a name, blanks that may stay all there is. */
        void report(Queue<ChatStreamEvent> events) {
            String tool = name;
            if (tool == null) {
                return;
            }
            boolean opens = id == null;
            String fragment = isBlank() ? "" : arguments.substring(reported);
            if (opens || !fragment.isEmpty()) {
                reported += fragment.length();
                events.add(new ChatStreamEvent.ToolCallDelta(index, id(), tool, fragment));
            }
        }

        ToolCall whole() {
            String text = isBlank() ? "{}" : arguments.toString();
            return new ToolCall(id(), name == null ? "" : name, text, json.isObject(text));
        }

        private String id() {
            String given = id;
            if (given == null) {
                id = given = uniqueId(wireId, index);
            }
            return given;
        }
    }
}
