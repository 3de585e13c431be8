package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Describes how a server sends the tool calls of a streamed answer. */
record ToolCallDialect(Index index, Id id, Name name, Arguments arguments) {

    enum Index {
        /** Each call has a different index. */
        REAL,
        /** The index is 0 in every fragment. */
        ZERO,
        /** Fragments have no index, and each list contains one fragment. */
        NONE,
        /** Fragments have no index, but the fragments of a call have the same position in every list. */
        PLACE
    }

    enum Id {
        /** Only the first fragment of a call contains the id. */
        FIRST,
        /** Every fragment of a call contains the same id. */
        EACH,
        NONE,
        /** A fragment after the first one contains the id. */
        LATE,
        /** Every fragment contains a new id (C4). */
        OWN
    }

    enum Name {
        FIRST,
        /** Every fragment contains the whole name. */
        EACH,
        /** A fragment after the first one contains the name. */
        LATE,
        /** The name is sent in pieces, before the arguments (C6). */
        SPLIT
    }

    enum Arguments {
        PIECES,
        /** The arguments are JSON values instead of strings. */
        OBJECT,
        /** An empty object is sent before the real arguments (C1). */
        PLACEHOLDER,
        /** The first brace is sent alone, and then the whole arguments including it (vllm-project/vllm#51697). */
        RESTARTED,
        /** The complete arguments are sent twice (C2). */
        TWICE,
        /** The arguments are sent in pieces, and then once more completely (C3). */
        THEN_WHOLE,
        /** The arguments are sent in pieces, and then the complete call is sent again with its id. */
        SAID_AGAIN,
        /** Like {@link #SAID_AGAIN}, but the repeated arguments are encoded as a JSON string (C5). */
        ENCODED;

        /** Returns whether the arguments are repeated. If so, they must be objects to be unambiguous. */
        boolean isRepeated() {
            return this != PIECES && this != OBJECT;
        }

        boolean saysCallAgain() {
            return this == SAID_AGAIN || this == ENCODED;
        }
    }

    /** The dialects of known servers, by the names that are used in reports. */
    static final Map<String, ToolCallDialect> NAMED = named();

    /** All dialects in which every answer is unambiguous. */
    static final List<ToolCallDialect> CLEAR = clear();

    private static Map<String, ToolCallDialect> named() {
        Map<String, ToolCallDialect> named = new LinkedHashMap<>();
        named.put("regular", of(Index.REAL, Id.FIRST, Name.FIRST, Arguments.PIECES));
        named.put("C1 placeholder", of(Index.REAL, Id.FIRST, Name.FIRST, Arguments.PLACEHOLDER));
        named.put("C2 twice", of(Index.REAL, Id.FIRST, Name.FIRST, Arguments.TWICE));
        named.put("C3 pieces, then whole", of(Index.REAL, Id.FIRST, Name.FIRST, Arguments.THEN_WHOLE));
        named.put("C3 one brace, then whole", of(Index.REAL, Id.FIRST, Name.FIRST, Arguments.RESTARTED));
        named.put("C4 an id for each fragment", of(Index.REAL, Id.OWN, Name.FIRST, Arguments.PIECES));
        named.put("C4 with index 0", of(Index.ZERO, Id.OWN, Name.FIRST, Arguments.PIECES));
        named.put("C4 without index", of(Index.NONE, Id.OWN, Name.FIRST, Arguments.PIECES));
        named.put("C5 said again, encoded", of(Index.REAL, Id.EACH, Name.FIRST, Arguments.ENCODED));
        named.put("C6 name in pieces", of(Index.REAL, Id.FIRST, Name.SPLIT, Arguments.PIECES));
        named.put("C6 name repeated", of(Index.REAL, Id.FIRST, Name.EACH, Arguments.PIECES));
        named.put("C7 index 0, told by id", of(Index.ZERO, Id.EACH, Name.FIRST, Arguments.PIECES));
        named.put("index 0, id once", of(Index.ZERO, Id.FIRST, Name.FIRST, Arguments.PIECES));
        named.put("no index", of(Index.NONE, Id.FIRST, Name.FIRST, Arguments.PIECES));
        named.put("no index, told by id", of(Index.NONE, Id.EACH, Name.FIRST, Arguments.PIECES));
        named.put("no index, told by place", of(Index.PLACE, Id.FIRST, Name.FIRST, Arguments.PIECES));
        named.put("no ids", of(Index.REAL, Id.NONE, Name.FIRST, Arguments.PIECES));
        named.put("late ids", of(Index.REAL, Id.LATE, Name.FIRST, Arguments.PIECES));
        named.put("late names", of(Index.REAL, Id.FIRST, Name.LATE, Arguments.PIECES));
        named.put("neither index nor ids", of(Index.NONE, Id.NONE, Name.FIRST, Arguments.PIECES));
        named.put("arguments as values", of(Index.REAL, Id.FIRST, Name.FIRST, Arguments.OBJECT));
        named.put("said again", of(Index.REAL, Id.FIRST, Name.FIRST, Arguments.SAID_AGAIN));
        named.put("index 0, said again", of(Index.ZERO, Id.FIRST, Name.FIRST, Arguments.SAID_AGAIN));
        named.forEach((key, dialect) -> {
            if (!dialect.isClear()) {
                throw new AssertionError(key);
            }
        });
        return named;
    }

    private static ToolCallDialect of(Index index, Id id, Name name, Arguments arguments) {
        return new ToolCallDialect(index, id, name, arguments);
    }

    private static List<ToolCallDialect> clear() {
        List<ToolCallDialect> clear = new ArrayList<>();
        for (Index index : Index.values()) {
            for (Id id : Id.values()) {
                for (Name name : Name.values()) {
                    for (Arguments arguments : Arguments.values()) {
                        ToolCallDialect dialect = of(index, id, name, arguments);
                        if (dialect.isClear()) {
                            clear.add(dialect);
                        }
                    }
                }
            }
        }
        return List.copyOf(clear);
    }

    /** Returns whether each fragment identifies its call. If not, the calls are sent one after another. */
    boolean isAddressed() {
        return index == Index.REAL || index == Index.PLACE || id == Id.EACH;
    }

    /** Returns whether only a new name marks the start of a call. */
    boolean isToldByNameOnly() {
        return !isAddressed() && (id == Id.NONE || id == Id.LATE);
    }

    private boolean isClear() {
        return isClearId() && isClearName() && isClearArguments();
    }

    private boolean isClearId() {
        // A new id in each fragment looks like a new call unless the name is missing.
        return id != Id.OWN
                || index != Index.PLACE
                        && name == Name.FIRST
                        && !arguments.saysCallAgain()
                        && (index == Index.REAL || !arguments.isRepeated());
    }

    private boolean isClearName() {
        return switch (name) {
            case FIRST -> true;
            // Without ids, a name with arguments after complete arguments is the next call.
            case EACH -> !isToldByNameOnly() && (id == Id.EACH || !arguments.isRepeated());
            // A new id without a name does not start a call (C4), unless its position is new.
            case LATE -> index == Index.REAL || index == Index.PLACE;
            case SPLIT -> isAddressed() || id == Id.FIRST;
        };
    }

    private boolean isClearArguments() {
        // Only the id distinguishes a repeated call from the next one.
        return !arguments.saysCallAgain() || id != Id.NONE;
    }

    @Override
    public String toString() {
        return "index " + index + ", id " + id + ", name " + name + ", arguments " + arguments;
    }
}
