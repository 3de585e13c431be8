package dev.llmspi.openai.wire.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.openai.wire.JsonTexts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that each row of the rule table matches its own example and does not match the similar example. */
class ErrorRulesTest {

    static Stream<String> rows() {
        return ErrorRules.standard().all().stream().map(ErrorRule::name);
    }

    private static ErrorRule row(String name) {
        return ErrorRules.standard().all().stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the name of the row that matches a reply, which is given as status, space and body. */
    private static @Nullable String matchingRow(String answer) {
        int blank = answer.indexOf(' ');
        String body = answer.substring(blank + 1).strip();
        JsonText.Found json = JsonTexts.READER.at(body, 0);
        ErrorFacts facts = ErrorFacts.of(
                Integer.parseInt(answer.substring(0, blank)),
                List.of(),
                json == null ? body : json.value(),
                JsonTexts.READER,
                UnaryOperator.identity());
        ErrorRule rule = ErrorRules.standard().match(facts, JsonTexts.told(body));
        return rule == null ? null : rule.name();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void match_examplesOfARow_onlyItsOwn(String name) {
        ErrorRule row = row(name);
        assertFalse(row.is().isEmpty() || row.not().isEmpty(), "the row must have both examples");
        assertEquals(name, matchingRow(row.is()), row.is());
        assertNotEquals(name, matchingRow(row.not()), row.not());
    }

    @Test
    void rows_namesAreUnique() {
        Set<String> names = new HashSet<>();
        rows().forEach(name -> assertTrue(names.add(name), name));
    }
}
