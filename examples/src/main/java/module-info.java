/**
 * The program {@code llm}: a demo without keys, real calls from a command line. It requires no provider; those on the module
 * path are found by llm-core.
 */
module dev.llmspi.examples {
    requires dev.llmspi.core;
    requires info.picocli;
    requires java.logging;
    requires jdk.httpserver;
    requires static org.jspecify;

    // picocli sets the public option fields of the commands: an export is enough, nothing is opened.
    exports dev.llmspi.examples.cli to
            info.picocli;
}
