/**
 * Implements the OpenAI-compatible protocol: the transport, the codec and the error table. A provider jar adds a
 * dialect to it, and so does a provider for an internal gateway.
 */
module dev.llmspi.openai.wire {
    requires transitive dev.llmspi.api;
    requires static org.jspecify;
    requires okhttp3;
    requires com.fasterxml.jackson.core;

    exports dev.llmspi.openai.wire;
}
