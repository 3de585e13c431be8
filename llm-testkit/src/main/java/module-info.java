/**
 * Fakes for tests of code that calls language models: a provider and a server that follow a script, a time source
 * controlled by the test, and a listener that records events. With them an application can test its fallback
 * configuration without network access and without waiting. JUnit Jupiter is only required for the JUnit extension and
 * the provider contract.
 */
@SuppressWarnings("module") // the integration tests are not on the module path when this module is compiled
module dev.llmspi.testkit {
    requires transitive dev.llmspi.api;
    requires static transitive org.junit.jupiter.api;
    requires static org.jspecify;

    exports dev.llmspi.testkit;
    exports dev.llmspi.testkit.contract;
    exports dev.llmspi.testkit.loopback to
            dev.llmspi.it; // our integration tests, which are not published
}
