/**
 * The OpenAI-compatible wire, once: transport, codec and error table. A provider jar is a dialect on top of it; so is
 * anybody's internal gateway.
 */
module dev.llmspi.openai.wire {
    requires transitive dev.llmspi.api;
    requires static org.jspecify;
    requires okhttp3;
    requires com.fasterxml.jackson.core;

    exports dev.llmspi.openai.wire;
}
