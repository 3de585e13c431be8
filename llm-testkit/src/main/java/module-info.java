/**
 * Fakes for testing code that calls language models: a provider that answers by a script, a clock moved by hand, a listener
 * that keeps what it is told, a server that speaks as the real ones do. What an application needs to test its fallback
 * configuration without a network and without waiting. JUnit Jupiter is needed only for what is made for it.
 */
module dev.llmspi.testkit {
    requires transitive dev.llmspi.api;
    requires static transitive org.junit.jupiter.api;
    requires static org.jspecify;

    exports dev.llmspi.testkit;
    exports dev.llmspi.testkit.contract;
}
