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
 * Puts tool calls together from fragments, as servers send them. A fragment may have an index, an id, a name and
 * arguments. These rules choose its call; the first that applies counts:
 *
 * <ol>
 *   <li>A known id: the call with this id at this index; else the call with this id, unless index and name say that
 *       a new call begins.
 *   <li>A new id where no call stands, or an id for a call that has none: the id of that call.
 *   <li>A new id without a name: more of the call that stands there. Some servers give each fragment an id of its own.
 *   <li>A new id with a name: a new call, unless the arguments of the call there are incomplete and it has the same
 *       name.
 *   <li>No id: more of the call that was last opened there, unless its arguments are complete and the name is another.
 * </ol>
 *
 * <p>"There" is the index or, without one, the position in the list. An id alone opens nothing: it waits for a name or
 * arguments. For the rules within one call see {@link PartialToolCall} and {@link ToolArguments}.
 */
final class ToolCallAssembler {

    /** More than any model asks for; each takes memory of its own, however short it is. */
    static final int MOST = 1024;

    /** Some servers give each fragment an id of its own. */
    private static final int MOST_IDS = 64 * 1024;

    private final JsonReader json;
    private final Set<String> tools;
    private final List<PartialToolCall> calls = new ArrayList<>();
    private final Map<Integer, PartialToolCall> byPlace = new HashMap<>();
    private final Map<String, PartialToolCall> byId = new HashMap<>();
    private final UniqueIds ids = new UniqueIds();
    private int opened;

    /** @param tools the names of the request's tools; they tell half a name from a whole one */
    ToolCallAssembler(JsonReader json, Set<String> tools) {
        this.json = json;
        this.tools = tools;
    }

    /** Takes in one element of a delta's {@code tool_calls}. */
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

    /** Takes in a call of a whole answer: each element is a call of its own. */
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

    /** @param id of the fragment the arguments came in; it belongs to what is new in there */
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

    /** The call of a fragment; a new one if it belongs to none. */
    private PartialToolCall callOf(Chunk.ToolFragment fragment) throws StreamConstraintsException {
        PartialToolCall there = byPlace.get(place(fragment));
        PartialToolCall known = fragment.id() == null ? null : byId.get(fragment.id());
        PartialToolCall call = known != null ? withKnownId(fragment, known, there) : withoutKnownId(fragment, there);
        return call == null ? open(place(fragment)) : call;
    }

    /** @return null if a new call begins, with an id that was given before */
    private static @Nullable PartialToolCall withKnownId(
            Chunk.ToolFragment fragment, PartialToolCall known, @Nullable PartialToolCall there) {
        if (there != null && there.hasWireId(fragment.id())) {
            return there.isDoneUnderAnotherName(fragment.name()) ? null : there;
        }
        boolean elsewhere = fragment.index() >= 0 && fragment.index() != known.place;
        boolean begins = elsewhere && there == null && fragment.name() != null;
        return begins || known.isDoneUnderAnotherName(fragment.name()) ? null : known;
    }

    /** @return null if a new call begins */
    private static @Nullable PartialToolCall withoutKnownId(
            Chunk.ToolFragment fragment, @Nullable PartialToolCall there) {
        if (there == null || there.isDoneUnderAnotherName(fragment.name())) {
            return null;
        }
        if (fragment.id() == null || fragment.name() == null || there.name() == null) {
            return there;
        }
        if (!there.hasWireId()) {
            // A late id, unless another whole call comes with it.
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

    /** A call of which only the arguments came, behind those of another. */
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

    /** Whether every call has a name, and arguments that are absent or whole. */
    boolean areWhole() {
        return calls.stream().allMatch(PartialToolCall::isWhole);
    }

    /** Whether a call has no name, so that it cannot be made. */
    boolean lackName() {
        return calls.stream().anyMatch(call -> call.name() == null);
    }

    /** No more fragments come: gives out what was held back, and each call whole, in their order. */
    void complete(Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        for (int i = 0; i < calls.size(); i++) { // the list may grow
            String other = calls.get(i).arguments().end();
            if (other != null) {
                append(openLike(calls.get(i), null), null, other, events);
            }
        }
        for (PartialToolCall call : calls) {
            call.complete(ids, events);
        }
    }

    /** The calls of a {@linkplain #complete completed} answer. */
    List<ToolCall> whole() {
        return calls.stream().map(call -> call.whole(ids)).toList();
    }
}
