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
 * The rules of {@code docs/architecture.md} that hold for classes. The module system keeps the arrows between modules too;
 * stated here, they hold on the class path and for a descriptor that has come to require too much.
 */
final class ArchitectureRules {

    private ArchitectureRules() {}

    static ArchRule noPackageCycles() {
        return slices().matching("dev.llmspi.(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** Classes below a package see, of this project, only themselves and what is below the others. */
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

    /** The same within llm-api, whose packages lie below each other: exact packages, not what is below them. */
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

    /** A library is an implementation detail of one package. */
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
     * What users compile against names only the JDK, JSpecify and what they see besides.
     *
     * @param exported the packages whose signatures are looked at
     * @param visible the packages users see
     */
    static ArchRule exportedSignaturesNameOnly(Collection<String> exported, Collection<String> visible) {
        return classes()
                .that()
                .resideInAnyPackage(exported.toArray(String[]::new))
                .should(new NameOnlyVisibleTypes(visible))
                .allowEmptyShould(true)
                .as("signatures in " + exported + " name only types of the JDK, JSpecify and " + visible);
    }

    /** Whom to trust is decided by the JDK, from certificates; nobody overrides it. */
    static ArchRule nobodyJudgesCertificates() {
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
