package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.ConfigBlock;
import java.util.Set;
import java.util.TreeSet;

/** What the blocks inside a provider's block have in common. */
final class Blocks {

    private Blocks() {}

    /** To be called once everything that is known has been read. */
    static void refuseUnknown(ConfigBlock block) {
        Set<String> known = block.known(); // a copy: reporting a fault makes its key known
        for (String key : block.unread()) {
            block.fault(key, "is not known; known are " + String.join(", ", new TreeSet<>(known)));
        }
    }
}
