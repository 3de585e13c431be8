/**
 * The program {@code llm}, which shows a demo without API keys and makes real calls from the command line. It requires
 * no provider module, because llm-core finds the providers on the module path.
 */
module dev.llmspi.examples {
    requires dev.llmspi.core;
    requires info.picocli;
    requires java.logging;
    requires jdk.httpserver;
    // JLine handles Ctrl-C with sun.misc.Signal, which it finds by reflection.
    requires jdk.unsupported;
    requires org.jline.reader;
    requires org.jline.terminal;
    requires typesafe.config;
    requires static org.jspecify;

    // The package is exported but not opened, because picocli only sets public option fields of the commands.
    exports dev.llmspi.examples.cli to
            info.picocli;
}
