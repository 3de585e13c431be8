package dev.llmspi.it.build;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Collection;
import java.util.List;

/**
 * The class rules of {@code docs/architecture.md}. The module system enforces the dependencies between modules. These
 * rules check them again, because nothing enforces them on the class path, and because a changed module descriptor
 * could require more than it should.
 */
final class ArchitectureRules {

    private ArchitectureRules() {}

    static ArchRule noPackageCycles() {
        return slices().matching("dev.llmspi.(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /**
     * Returns the rule that the classes in and below a package use no other package of this project, except the allowed
     * ones.
     */
    static ArchRule seesOnly(String from, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(below(from))
                .should()
                .dependOnClassesThat(resideInAPackage(below("dev.llmspi"))
                        .and(not(resideInAPackage(below(from))))
                        .and(not(resideInAnyPackage(below(others)))))
                .allowEmptyShould(true)
                .as("classes below " + from + " see only " + List.of(others) + " of this project");
    }

    /**
     * Returns the same rule for llm-api. Its packages are nested, so this rule matches exact packages without their
     * subpackages.
     */
    static ArchRule apiPackageSeesOnly(String from, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat(resideInAPackage(below("dev.llmspi"))
                        .and(not(resideInAPackage(from)))
                        .and(not(resideInAnyPackage(others))))
                .allowEmptyShould(true)
                .as("the package " + from + " sees only " + List.of(others) + " of this project");
    }

    /** Returns the rule that only one package uses the given libraries. */
    static ArchRule onlyIn(String home, String... libraries) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(below(libraries))
                .allowEmptyShould(true)
                .as(List.of(libraries) + " appear only in " + home);
    }

    /**
     * Returns the rule that public signatures name only types from the JDK, JSpecify and the visible packages.
     *
     * @param exported the packages whose signatures are checked
     * @param visible the packages that users can see
     */
    static ArchRule exportedSignaturesNameOnly(Collection<String> exported, Collection<String> visible) {
        return classes()
                .that()
                .resideInAnyPackage(exported.toArray(String[]::new))
                .should(new NameOnlyVisibleTypes(visible))
                .allowEmptyShould(true)
                .as("signatures in " + exported + " name only types of the JDK, JSpecify and " + visible);
    }

    /** Returns the rule that no two top-level classes of the published modules have the same simple name. */
    static ArchRule uniqueClassNames() {
        return classes()
                .that()
                .areTopLevelClasses()
                .and()
                .doNotHaveSimpleName("package-info")
                .and()
                .doNotHaveSimpleName("module-info")
                .should(new HaveUniqueName())
                .allowEmptyShould(true);
    }

    /** Returns the rule that only the JDK decides which certificates to trust. */
    static ArchRule onlyTheJdkJudgesCertificates() {
        return noClasses()
                .should()
                .beAssignableTo("javax.net.ssl.TrustManager")
                .orShould()
                .callMethodWhere(DescribedPredicate.describe(
                        "sets a verifier of host names",
                        call -> call.getTarget().getName().equals("hostnameVerifier")))
                .allowEmptyShould(true)
                .as("no class is a TrustManager or sets a HostnameVerifier");
    }

    private static String below(String root) {
        return root + "..";
    }

    private static String[] below(String[] roots) {
        return List.of(roots).stream().map(ArchitectureRules::below).toArray(String[]::new);
    }
}
