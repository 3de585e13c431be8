package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ToolCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Assembles tool calls from the fragments that servers send. A fragment may have an index, an id, a name and arguments.
 * The first of these rules that applies determines the call to which the fragment belongs:
 *
 * <ol>
 *   <li>A known id: the fragment belongs to the call with this id at this index. If there is none, it belongs to the
 *       latest call with this id, unless the fragment's index and name show that a new call begins.
 *   <li>A new id where there is no call, or where the call has no id: the fragment starts or continues the call there,
 *       and its id becomes the id of this call.
 *   <li>A new id without a name: the fragment continues the call there, because some servers give each fragment a new
 *       id.
 *   <li>A new id with a name: the fragment starts a new call, unless the call there has the same name and incomplete
 *       arguments.
 *   <li>No id: the fragment continues the call that was last opened there, unless the arguments of that call are
 *       complete and the name differs.
 * </ol>
 *
 * <p>"There" means at the fragment's index or, if it has none, at its position in the list. An id alone does not start
 * a call, but a name or arguments do. The rules within one call are in {@link PartialToolCall} and
 * {@link ToolArguments}.
 */
final class ToolCallAssembler {

    /**
     * The maximum number of calls in an answer. It limits the memory usage, because even an empty call uses some
     * memory.
     */
    static final int MOST = 1024;

    /** The maximum number of ids. It is large because some servers give each fragment a new id. */
    private static final int MOST_IDS = 64 * 1024;

    private final JsonReader json;
    private final Set<String> tools;
    private final List<PartialToolCall> calls = new ArrayList<>();
    private final Map<Integer, PartialToolCall> byPlace = new HashMap<>();
    private final Map<String, PartialToolCall> byId = new HashMap<>();
    private final UniqueIds ids = new UniqueIds();
    private int opened;

    /** @param tools the names of the request's tools, which serve to distinguish name fragments from complete names */
    ToolCallAssembler(JsonReader json, Set<String> tools) {
        this.json = json;
        this.tools = tools;
    }

    /** Adds one element of the list {@code tool_calls} in a delta. */
    void add(Chunk.ToolFragment fragment, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        PartialToolCall call = callOf(fragment);
        String name = fragment.name();
        if (name != null && !call.takeName(name, tools)) {
            call = open(place(fragment));
            call.takeName(name, tools);
        }
        String id = fragment.id();
        if (id != null) {
            call.takeId(id);
            byId.put(id, call);
            if (byId.size() > MOST_IDS) {
                throw new StreamConstraintsException("too many ids");
            }
        }
        call.fields.addAll(fragment.fields());
        if (call.name() != null || !fragment.arguments().isBlank()) {
            list(call);
        }
        call.takeId(ids);
        append(call, id, fragment.arguments(), events);
    }

    /** Adds one element of the list {@code tool_calls} in a complete message, where each element is a separate call. */
    void addWhole(Chunk.ToolFragment call, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        PartialToolCall whole = open(calls.size());
        list(whole);
        if (call.name() != null) {
            whole.takeName(call.name(), tools);
        }
        if (call.id() != null) {
            whole.takeId(call.id());
        }
        whole.takeId(ids);
        whole.fields.addAll(call.fields());
        append(whole, null, call.arguments(), events);
    }

    /** @param id the id of the fragment; if the fragment starts another call, the id belongs to that call */
    private void append(PartialToolCall to, @Nullable String id, String arguments, Queue<ChatStreamEvent> events)
            throws StreamConstraintsException {
        PartialToolCall call = to;
        ToolArguments.Other other = call.arguments().append(arguments, 0);
        call.report(ids, events);
        while (other != null) {
            call = openLike(call, id);
            call.arguments().append(other.arguments(), 0);
            other = call.arguments().append(arguments, other.end());
            call.report(ids, events);
        }
    }

    private static int place(Chunk.ToolFragment fragment) {
        return fragment.index() < 0 ? fragment.position() : fragment.index();
    }

    /** Returns the call to which a fragment belongs. Opens a new call if necessary. */
    private PartialToolCall callOf(Chunk.ToolFragment fragment) throws StreamConstraintsException {
        PartialToolCall there = byPlace.get(place(fragment));
        PartialToolCall known = fragment.id() == null ? null : byId.get(fragment.id());
        PartialToolCall call = known != null ? withKnownId(fragment, known, there) : withoutKnownId(fragment, there);
        return call == null ? open(place(fragment)) : call;
    }

    /** Returns the call to which a fragment with a known id belongs; null if the fragment starts a new call. */
    private static @Nullable PartialToolCall withKnownId(
            Chunk.ToolFragment fragment, PartialToolCall known, @Nullable PartialToolCall there) {
        if (there != null && there.hasWireId(fragment.id())) {
            return there.isDoneUnderAnotherName(fragment.name()) ? null : there;
        }
        boolean elsewhere = fragment.index() >= 0 && fragment.index() != known.place;
        boolean begins = elsewhere && there == null && fragment.name() != null;
        return begins || known.isDoneUnderAnotherName(fragment.name()) ? null : known;
    }

    /** Returns the call to which a fragment without a known id belongs; null if the fragment starts a new call. */
    private static @Nullable PartialToolCall withoutKnownId(
            Chunk.ToolFragment fragment, @Nullable PartialToolCall there) {
        if (there == null || there.isDoneUnderAnotherName(fragment.name())) {
            return null;
        }
        if (fragment.id() == null || fragment.name() == null || there.name() == null) {
            return there;
        }
        if (!there.hasWireId()) {
            // The id belongs to the call there and arrived late, unless the fragment is another complete call.
            boolean whole = there.arguments().mayEnd() && !fragment.arguments().isBlank();
            return whole && !there.arguments().isRepetition(fragment.arguments()) ? null : there;
        }
        boolean within = there.arguments().isBegun() && !there.arguments().mayEnd();
        return within && fragment.name().equals(there.name()) ? there : null;
    }

    private PartialToolCall open(int place) throws StreamConstraintsException {
        if (++opened > MOST) {
            throw new StreamConstraintsException("too many tool calls");
        }
        PartialToolCall call = new PartialToolCall(place, json);
        byPlace.put(place, call);
        return call;
    }

    /** Opens a call for arguments that directly followed those of another call. It gets the name of that call. */
    private PartialToolCall openLike(PartialToolCall before, @Nullable String id) throws StreamConstraintsException {
        PartialToolCall call = open(before.place);
        String name = before.name();
        if (name != null) {
            call.takeName(name, tools);
        }
        if (id != null && !before.hasWireId(id)) {
            call.takeId(id);
            byId.put(id, call);
        }
        list(call);
        call.takeId(ids);
        return call;
    }

    private void list(PartialToolCall call) {
        if (!call.isListed()) {
            call.list(calls.size());
            calls.add(call);
        }
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Whether every call has a name, and arguments that are either absent or complete. */
    boolean areWhole() {
        return calls.stream().allMatch(PartialToolCall::isWhole);
    }

    /** Whether a call has no name and therefore cannot be executed. */
    boolean lackName() {
        return calls.stream().anyMatch(call -> call.name() == null);
    }

    /** Emits the arguments that were held back, and all complete calls in order. Called after the last fragment. */
    void complete(Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        for (int i = 0; i < calls.size(); i++) { // the loop may add calls to the list
            String other = calls.get(i).arguments().end();
            if (other != null) {
                append(openLike(calls.get(i), null), null, other, events);
            }
        }
        for (PartialToolCall call : calls) {
            call.complete(ids, events);
        }
    }

    /** Returns the calls. Must be called after {@link #complete}. */
    List<ToolCall> whole() {
        return calls.stream().map(call -> call.whole(ids)).toList();
    }
}
