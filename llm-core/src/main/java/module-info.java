/**
 * A resilient client for language models, with retries, fallback and timeouts. It does not depend on any provider
 * module, but finds provider jars at run time with {@link java.util.ServiceLoader}.
 *
 * @uses dev.llmspi.api.spi.LlmProviderFactory creates the providers offered by a jar
 * @uses dev.llmspi.api.event.LlmListener receives the events of every client
 */
module dev.llmspi.core {
    requires transitive dev.llmspi.api;
    requires dev.failsafe.core;
    requires typesafe.config;
    requires static jdk.jfr;
    requires static org.jspecify;

    exports dev.llmspi.core;
    exports dev.llmspi.core.settings;

    uses dev.llmspi.api.event.LlmListener;
    uses dev.llmspi.api.spi.LlmProviderFactory;
}
