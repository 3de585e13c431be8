package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.ConfigBlock;

/** What the blocks inside a provider's block have in common. */
final class Blocks {

    private Blocks() {}

    /** To be called once everything that is known has been read. */
    static void refuseUnknown(ConfigBlock block) {
        String known = String.join(", ", block.known().stream().sorted().toList());
        block.unread().forEach(key -> block.fault(key, "is not known; known are " + known));
    }
}
