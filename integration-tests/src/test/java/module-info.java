/** The modules together, as an application sees them: it names no provider, yet finds all that are on the module path. */
open module dev.llmspi.it {
    requires com.tngtech.archunit;
    requires dev.llmspi.core;
    requires dev.llmspi.testkit;
    requires java.compiler;
    requires java.logging;
    requires java.net.http;
    requires java.xml;
    requires jdk.jfr;
    requires jdk.compiler;
    requires mockwebserver3;
    requires okhttp3.tls;
    requires org.junit.jupiter.api;
    requires org.junit.jupiter.params;
    requires org.junit.platform.launcher;
    requires static org.jspecify;

    uses dev.llmspi.api.spi.LlmProviderFactory;
}
