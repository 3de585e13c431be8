package dev.llmspi.it.docs;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles Java code from the documentation, which is either a type or a sequence of statements. Statements may use the
 * fields and methods of the class Context below, which stand for the reader's own code.
 */
final class SnippetCompiler {

    private static final Pattern TYPE =
            Pattern.compile("(?m)^(public |final |abstract )*(class|interface|record|enum) \\w+");

    private static final String IMPORTS = """
            package snippet;
            import dev.llmspi.api.*;
            import dev.llmspi.api.error.*;
            import dev.llmspi.api.event.*;
            import dev.llmspi.api.spi.*;
            import dev.llmspi.core.*;
            import dev.llmspi.core.settings.*;
            import dev.llmspi.openai.wire.*;
            import dev.llmspi.testkit.*;
            import java.net.URI;
            import java.nio.file.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import org.junit.jupiter.api.*;
            """;

    private static final String CONTEXT = IMPORTS + """
            abstract class Context {
                interface Action { void run() throws Exception; }
                interface Log { void warn(String text, Object... values); }
                LlmClient client;
                ChatRequest request;
                ToolDefinition weather;
                FakeLlmServers servers;
                Log log;
                void alert(String text) {}
                String run(String tool, String arguments) { return ""; }
                void body(Action statements) {}
                void body(Callable<?> statements) {}
            }
            class AcmeDialect implements OpenAiDialect {
                public String type() { return "acme"; }
                public URI defaultBaseUrl() { return URI.create("https://acme.example/v1"); }
            }
            """;

    private final Path folder;

    SnippetCompiler(Path folder) {
        this.folder = folder;
    }

    /** Returns the compiler's messages; empty if the code compiles. */
    String errors(String code) throws IOException {
        String source = TYPE.matcher(code).find()
                ? IMPORTS + code
                : IMPORTS + "class Statements extends Context {{ body(() -> {\n" + code + "\n}); }}";
        List<Path> files = new ArrayList<>();
        files.add(Files.writeString(folder.resolve("Context.java"), CONTEXT));
        files.add(Files.writeString(folder.resolve(typeName(code) + ".java"), source));
        String path = System.getProperty("jdk.module.path", "")
                + File.pathSeparator
                + System.getProperty("java.class.path", "");
        StringWriter messages = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-proc:none", "--release", "17", "-nowarn", "-d", folder.toString(), "-cp", path);
            boolean compiled = compiler.getTask(
                            messages, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call();
            return compiled ? "" : messages.toString();
        }
    }

    private static String typeName(String code) {
        var type = TYPE.matcher(code);
        return type.find() ? type.group().replaceAll(".* ", "") : "Statements";
    }
}
