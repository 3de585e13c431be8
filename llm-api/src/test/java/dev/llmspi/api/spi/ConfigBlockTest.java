package dev.llmspi.api.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigBlockTest {

    private final List<ConfigFault> faults = new ArrayList<>();

    private ConfigBlock block(Map<String, ?> values) {
        return new ConfigBlock("llm.x", values, path -> "line of " + path, faults);
    }

    @Test
    void refuseUnread_unreadKey_isAFaultThatNamesTheNearestKnownKey() {
        ConfigBlock block = block(Map.of("max-retires", 1));
        block.integer("max-retries", 0, 0);
        block.integer("delay", 0, 0);

        block.refuseUnread();

        assertEquals(
                List.of(new ConfigFault(
                        "llm.x.max-retires",
                        "line of llm.x.max-retires",
                        "is not known; did you mean \"max-retries\"?")),
                faults);
    }

    @Test
    void refuseUnread_keysOfNestedBlocks_areFaultsWithTheirFullPath() {
        ConfigBlock block = block(Map.of("cache", Map.of("tll", "1s", "deep", Map.of("a.b", 1, "read", 2))));
        ConfigBlock cache = block.block("cache");
        cache.string("ttl");
        cache.block("deep").integer("read", 0, 0);

        block.refuseUnread();

        assertEquals(
                List.of(
                        "llm.x.cache.tll (line of llm.x.cache.tll): is not known; did you mean \"ttl\"?",
                        "llm.x.cache.deep.\"a.b\" (line of llm.x.cache.deep.\"a.b\"): is not known; known: read"),
                faults.stream().map(ConfigFault::toString).toList());
    }

    @Test
    void refuseUnread_severalUnreadKeys_suggestsNoneOfThem() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("first-slip", 1);
        values.put("first-slap", 1);
        ConfigBlock block = block(values);
        block.string("known");

        block.refuseUnread();

        assertEquals(
                List.of("is not known; known: known", "is not known; known: known"),
                faults.stream().map(ConfigFault::text).toList());
    }

    @Test
    void refuseUnread_twice_reportsOnce() {
        ConfigBlock block = block(Map.of("a", 1, "nested", Map.of("b", 1)));
        block.block("nested").refuseUnread();

        block.refuseUnread();
        block.refuseUnread();

        assertEquals(
                List.of("llm.x.nested.b", "llm.x.a"),
                faults.stream().map(ConfigFault::path).toList());
    }

    /** A fault used to make its key known, so that hints suggested it. */
    @Test
    void fault_ofAWrongKey_doesNotMakeItKnown() {
        ConfigBlock block = block(Map.of("modle", 1, "modlle", 1));
        block.string("model");
        block.fault("modle", "is not known");

        block.refuseUnread();

        assertEquals(Set.of("model"), block.known());
        assertEquals(
                List.of("is not known", "is not known; did you mean \"model\"?"),
                faults.stream().map(ConfigFault::text).toList());
    }

    @Test
    void refuseUnread_objectReadAsAWhole_isRead() {
        ConfigBlock block = block(Map.of("headers", Map.of("any", 1), "object", Map.of("any", 1), "later", 1));
        block.map("headers");
        block.object("object");
        block.ignore("later");

        block.refuseUnread();

        assertEquals(List.of(), faults);
    }

    @Test
    void block_requestedTwice_isTheSameBlock() {
        ConfigBlock block = block(Map.of("nested", 5));

        assertSame(block.block("nested"), block.block("nested"));
        assertEquals(1, faults.size(), "a value that is not an object is reported once");
    }
}
