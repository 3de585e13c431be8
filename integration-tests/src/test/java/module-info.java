/**
 * Uses the modules as an application does. It names no provider module, because all providers are found on the module
 * path.
 */
open module dev.llmspi.it {
    requires com.tngtech.archunit;
    requires dev.llmspi.core;
    requires dev.llmspi.testkit;
    requires io.netty.buffer;
    requires io.netty.codec.http2;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires java.compiler;
    requires java.logging;
    requires java.net.http;
    requires java.xml;
    requires jdk.jfr;
    requires jdk.compiler;
    requires mockwebserver3;
    requires okhttp3;
    requires okhttp3.tls;
    requires okio;
    requires org.junit.jupiter.api;
    requires org.junit.jupiter.params;
    requires org.junit.platform.launcher;
    requires static org.jspecify;

    uses dev.llmspi.api.spi.LlmProviderFactory;
}
