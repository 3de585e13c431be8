package dev.llmspi.it.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.testkit.contract.LlmProviderContract;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Checks that docs/contract.md lists the current rules, and that each rule's method name starts with the rule's number.
 */
@Tag("build")
class ContractDocumentTest {

    private static final Pattern LINE = Pattern.compile("(?m)^- \\*\\*(\\d+\\.\\d+)\\*\\* (.+)$");

    @Test
    void document_listsEveryRule() throws Exception {
        Path document = Path.of(System.getProperty("basedir", "."), "../docs/contract.md");
        Matcher line = LINE.matcher(Files.readString(document));
        Map<String, String> listed = new TreeMap<>();
        while (line.find()) {
            listed.put(line.group(1), line.group(2));
        }

        assertEquals(rules(), listed);
    }

    private static Map<String, String> rules() {
        Map<String, String> rules = new TreeMap<>();
        for (Class<?> group : LlmProviderContract.class.getDeclaredClasses()) {
            for (Method method : group.getMethods()) {
                if (method.isAnnotationPresent(Test.class)) {
                    String[] rule =
                            method.getAnnotation(DisplayName.class).value().split(" ", 2);
                    assertTrue(
                            method.getName().startsWith("rule" + rule[0].replace('.', '_') + "_"),
                            method.getName() + " is rule " + rule[0]);
                    assertEquals(null, rules.put(rule[0], rule[1]), "two rules are " + rule[0]);
                }
            }
        }
        return rules;
    }
}
