package dev.llmspi.it.build;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.module.ModuleDescriptor.Exports;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that our classes comply with each rule, and that each rule rejects a few lines of code that break it. */
@Tag("build")
class ArchitectureTest {

    private static final String API = "dev.llmspi.api";
    private static final String CORE = "dev.llmspi.core";
    private static final String WIRE = "dev.llmspi.openai.wire";
    private static final String OPENAI = "dev.llmspi.provider.openai";
    private static final String OPENROUTER = "dev.llmspi.provider.openrouter";
    private static final String PORTKEY = "dev.llmspi.provider.portkey";
    private static final String TESTKIT = "dev.llmspi.testkit";

    private static final JavaClasses OURS = OurModules.classes();

    /** Returns each rule with source code that breaks it. */
    static Stream<Arguments> rules() {
        return Stream.of(
                arguments(
                        ArchitectureRules.noPackageCycles(),
                        List.of(
                                "package dev.llmspi.a; public class A { dev.llmspi.b.B b; }",
                                "package dev.llmspi.b; public class B { dev.llmspi.a.A a; }")),
                arguments(
                        ArchitectureRules.uniqueClassNames(),
                        List.of("package dev.llmspi.a; class A {}", "package dev.llmspi.b; class A {}")),
                arguments(ArchitectureRules.seesOnly(API), use(API, CORE)),
                arguments(ArchitectureRules.seesOnly(CORE, API), use(CORE, WIRE)),
                arguments(ArchitectureRules.seesOnly(TESTKIT, API), use(TESTKIT, CORE)),
                arguments(ArchitectureRules.seesOnly(WIRE, API), use(WIRE + ".http", CORE)),
                arguments(ArchitectureRules.seesOnly(OPENAI, WIRE, API), use(OPENAI, CORE)),
                arguments(ArchitectureRules.seesOnly(OPENROUTER, WIRE, API), use(OPENROUTER, PORTKEY)),
                arguments(ArchitectureRules.seesOnly(PORTKEY, WIRE, API), use(PORTKEY, CORE)),
                arguments(ArchitectureRules.apiPackageSeesOnly(API), use(API, API + ".error")),
                arguments(ArchitectureRules.apiPackageSeesOnly(API + ".error", API), use(API + ".error", API + ".spi")),
                arguments(
                        ArchitectureRules.apiPackageSeesOnly(API + ".event", API), use(API + ".event", API + ".error")),
                arguments(
                        ArchitectureRules.apiPackageSeesOnly(API + ".spi", API, API + ".error"),
                        use(API + ".spi", API + ".event")),
                arguments(ArchitectureRules.onlyIn(CORE + ".config", "com.typesafe"), use(CORE, "com.typesafe.config")),
                arguments(ArchitectureRules.onlyIn(CORE + ".health", "dev.failsafe"), use(CORE, "dev.failsafe")),
                arguments(ArchitectureRules.onlyIn(WIRE + ".http", "okhttp3", "okio", "kotlin"), use(WIRE, "okhttp3")),
                arguments(
                        ArchitectureRules.onlyIn(WIRE + "..", "com.fasterxml"), use(PORTKEY, "com.fasterxml.jackson")),
                arguments(
                        ArchitectureRules.onlyTheJdkJudgesCertificates(),
                        List.of(
                                "package dev.llmspi.a; public abstract class All implements javax.net.ssl.X509TrustManager {}")),
                arguments(
                        ArchitectureRules.onlyTheJdkJudgesCertificates(),
                        List.of(
                                "package okhttp3; public class Builder { public void hostnameVerifier(Object any) {} }",
                                "package dev.llmspi.a; public class A {"
                                        + " void make(okhttp3.Builder builder) { builder.hostnameVerifier(\"x\"); } }")),
                arguments(
                        ArchitectureRules.exportedSignaturesNameOnly(
                                exportedPackages(name -> !name.startsWith(TESTKIT)), exportedPackages(name -> true)),
                        leak(API)),
                arguments(
                        ArchitectureRules.exportedSignaturesNameOnly(
                                exportedPackages(name -> name.startsWith(TESTKIT)), exportedAndJUnit()),
                        leak(TESTKIT)));
    }

    private static List<String> leak(String into) {
        return List.of(
                "package okhttp3; public class Call {}",
                "package " + into + "; public class Leak {"
                        + " protected java.util.List<okhttp3.Call[]> calls() { return null; } }");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void rule_ourClasses_holds(ArchRule rule, List<String> breaking) {
        rule.check(OURS);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void rule_breakingClasses_fails(ArchRule rule, List<String> breaking, @TempDir Path folder) throws Exception {
        JavaClasses classes = new SourceFolder(folder).compile(breaking);

        assertTrue(rule.evaluate(classes).hasViolation(), () -> rule.getDescription() + " does not see " + breaking);
    }

    /** Returns the source code of a class in one package that uses a class in another package. */
    private static List<String> use(String from, String to) {
        return List.of(
                "package " + to + "; public class Used {}",
                "package " + from + "; public class User { void use(" + to + ".Used used) {} }");
    }

    private static Set<String> exportedPackages(Predicate<String> which) {
        return OurModules.all().stream()
                .flatMap(module -> module.descriptor().exports().stream())
                .filter(exports -> !exports.isQualified())
                .map(Exports::source)
                .filter(which)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Returns the exported packages and those of JUnit, because the testkit contains a JUnit extension and may expose
     * JUnit types.
     */
    private static Set<String> exportedAndJUnit() {
        Set<String> visible = new HashSet<>(exportedPackages(name -> true));
        visible.addAll(Set.of("org.junit.jupiter.api", "org.junit.jupiter.api.extension"));
        return visible;
    }
}
