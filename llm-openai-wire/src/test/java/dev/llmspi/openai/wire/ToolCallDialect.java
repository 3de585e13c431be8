package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a server speaks of the tool calls of one streamed answer. */
record ToolCallDialect(Index index, Id id, Name name, Arguments arguments) {

    enum Index {
        /** Each call has an index of its own. */
        REAL,
        /** The index is 0 in every fragment. */
        ZERO,
        /** No index, and one fragment in a list. */
        NONE,
        /** No index, and the fragments of a call stand at the same place of every list. */
        PLACE
    }

    enum Id {
        /** In the first fragment of a call. */
        FIRST,
        /** The same in every fragment. */
        EACH,
        NONE,
        /** In a fragment behind the first. */
        LATE,
        /** Each fragment has an id of its own (C4). */
        OWN
    }

    enum Name {
        FIRST,
        /** The whole name in every fragment. */
        EACH,
        /** In a fragment behind the first. */
        LATE,
        /** In pieces, before the arguments (C6). */
        SPLIT
    }

    enum Arguments {
        PIECES,
        /** JSON values where a text should be. */
        OBJECT,
        /** An empty object before the real ones (C1). */
        PLACEHOLDER,
        /** The first brace, then everything from the beginning (vllm-project/vllm#51697). */
        RESTARTED,
        /** Whole, two times (C2). */
        TWICE,
        /** In pieces, then whole (C3). */
        THEN_WHOLE,
        /** In pieces; at the end the whole call with its id again. */
        SAID_AGAIN,
        /** The same, the arguments encoded as a JSON string (C5). */
        ENCODED;

        /** Whether the arguments come more than once: then only objects can be told apart. */
        boolean isRepeated() {
            return this != PIECES && this != OBJECT;
        }

        boolean saysCallAgain() {
            return this == SAID_AGAIN || this == ENCODED;
        }
    }

    /**
     * The dialects of the field and those that servers have been known for before, by the names they are reported with.
     */
    static final Map<String, ToolCallDialect> NAMED = named();

    /** Every dialect in which each answer has one reading. */
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

    /** Whether each fragment says whose it is. If not, the calls come one after another. */
    boolean isAddressed() {
        return index == Index.REAL || index == Index.PLACE || id == Id.EACH;
    }

    /** Whether only a new name tells that a call begins. */
    boolean isToldByNameOnly() {
        return !isAddressed() && (id == Id.NONE || id == Id.LATE);
    }

    private boolean isClear() {
        return isClearId() && isClearName() && isClearArguments();
    }

    private boolean isClearId() {
        // An id in each fragment that is a new one looks like a new call, unless there is no name with it.
        return id != Id.OWN
                || index != Index.PLACE
                        && name == Name.FIRST
                        && !arguments.saysCallAgain()
                        && (index == Index.REAL || !arguments.isRepeated());
    }

    private boolean isClearName() {
        return switch (name) {
            case FIRST -> true;
            // A name with arguments behind complete ones is the next call of a server without ids.
            case EACH -> !isToldByNameOnly() && (id == Id.EACH || !arguments.isRepeated());
            // A new id without a name opens nothing (C4), unless it stands at a place of its own.
            case LATE -> index == Index.REAL || index == Index.PLACE;
            case SPLIT -> isAddressed() || id == Id.FIRST;
        };
    }

    private boolean isClearArguments() {
        // Only its id tells that a call that is said again is not the next one.
        return !arguments.saysCallAgain() || id != Id.NONE;
    }

    @Override
    public String toString() {
        return "index " + index + ", id " + id + ", name " + name + ", arguments " + arguments;
    }
}
