package dev.llmspi.it.build;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Finds the tests in all modules that are tagged with a fault number, by parsing their source files. */
final class FaultTests {

    private static final String PREFIX = "fault-";

    /** The tests for one fault, as {@code Class.method}, and whether all of them are enabled. */
    record Row(SortedSet<String> tests, boolean complete) {
        Row and(String test, boolean runs) {
            SortedSet<String> all = new TreeSet<>(tests);
            all.add(test);
            return new Row(all, complete && runs);
        }
    }

    private final Map<String, Row> rows = new TreeMap<>();

    /** Returns the tests for each fault, from the test sources of every module below a folder. */
    static Map<String, Row> below(Path root) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        FaultTests found = new FaultTests();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null,
                    manager,
                    null,
                    List.of("-proc:none"),
                    null,
                    manager.getJavaFileObjectsFromPaths(tagged(root)));
            for (CompilationUnitTree file : task.parse()) {
                file.accept(found.new TagScanner(), null);
            }
        }
        return found.rows;
    }

    /** Returns the files that contain a fault tag. Other files are skipped, because parsing is slow. */
    private static List<Path> tagged(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : (Iterable<Path>) all.filter(FaultTests::isTestSource)::iterator) {
                if (Files.readString(file).contains("\"" + PREFIX)) {
                    files.add(file);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return files;
    }

    private static boolean isTestSource(Path file) {
        String name = file.toString().replace('\\', '/');
        return name.contains("/src/test/java/") && name.endsWith(".java") && !name.contains("/target/");
    }

    /** Visits one file. Only methods carry fault tags, but a whole class can be disabled. */
    private final class TagScanner extends TreeScanner<Void, Void> {

        private @Nullable String outermost;
        private boolean disabled;

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            String before = outermost;
            boolean wasDisabled = disabled;
            outermost = before == null ? type.getSimpleName().toString() : before;
            disabled = wasDisabled || isDisabled(type.getModifiers());
            if (!faults(type.getModifiers()).isEmpty()) {
                throw new AssertionError(outermost + ": a fault's tag belongs on a method, not on the class");
            }
            super.visitClass(type, nothing);
            outermost = before;
            disabled = wasDisabled;
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            boolean runs = !disabled && !isDisabled(method.getModifiers());
            for (String row : faults(method.getModifiers())) {
                if (!isTest(method.getModifiers())) {
                    throw new AssertionError(outermost + "." + method.getName() + " has a fault's tag and is no test");
                }
                Row known = rows.getOrDefault(row, new Row(new TreeSet<>(), true));
                rows.put(row, known.and(outermost + "." + method.getName(), runs));
            }
            return super.visitMethod(method, nothing);
        }
    }

    private static boolean isTest(ModifiersTree modifiers) {
        return names(modifiers).anyMatch(name -> name.endsWith("Test") || name.endsWith("TestFactory"));
    }

    private static boolean isDisabled(ModifiersTree modifiers) {
        return names(modifiers).anyMatch(name -> name.startsWith("Disabled"));
    }

    private static Stream<String> names(ModifiersTree modifiers) {
        return modifiers.getAnnotations().stream()
                .map(annotation -> annotation.getAnnotationType().toString());
    }

    /** Returns the fault numbers in the annotations. */
    private static List<String> faults(ModifiersTree modifiers) {
        List<String> rows = new ArrayList<>();
        for (AnnotationTree annotation : modifiers.getAnnotations()) {
            if (annotation.getAnnotationType().toString().startsWith("Tag")) { // matches @Tag and its container @Tags
                annotation.accept(
                        new TreeScanner<Void, Void>() {
                            @Override
                            public Void visitLiteral(LiteralTree literal, Void nothing) {
                                if (literal.getValue() instanceof String tag && tag.startsWith(PREFIX)) {
                                    rows.add(tag.substring(PREFIX.length()));
                                }
                                return null;
                            }
                        },
                        null);
            }
        }
        return rows;
    }
}
