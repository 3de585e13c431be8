/**
 * The client: finds provider jars, reads the configuration, and calls models with retries, fallback and clocks. It knows no
 * provider; provider jars are found at run time by {@link java.util.ServiceLoader}.
 *
 * @uses dev.llmspi.api.spi.LlmProviderFactory each provider jar offers one
 * @uses dev.llmspi.api.event.LlmListener a jar may offer listeners for every client
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
