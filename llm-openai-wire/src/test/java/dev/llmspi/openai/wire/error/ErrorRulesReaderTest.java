package dev.llmspi.openai.wire.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests that the error for a malformed table row contains the row's name. Such a row must never be accepted as a row
 * that matches nothing.
 */
class ErrorRulesReaderTest {

    @Test
    void read_rowWithAllLines_hasAllParts() {
        List<ErrorRule> rules = ErrorRulesReader.read("""
                # a comment
                [row]
                words: a, b*
                  & c
                but: d
                under: 400, 410-420
                wait: short
                then: MODEL CONTEXT_LENGTH no-retry next
                is: 400 a c
                not: 400 d
                """);
        ErrorRule rule = rules.get(0);
        assertEquals("row", rule.name());
        assertEquals(2, rule.words().groups().size());
        assertEquals(new ErrorVerdict(ErrorKind.MODEL, ErrorReason.CONTEXT_LENGTH, false, true, false), rule.verdict());
        assertTrue(rule.holdsUnder(400) && rule.holdsUnder(415) && !rule.holdsUnder(421) && rule.shortWait());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "word: a            | then: MODEL            | has the unknown key \"word\"",
                "words: a           | when: 400              | has the unknown key \"when\"",
                "words: a           | words: b               | has words twice",
                "words: a           | status: 400            | has both",
                "then: MODEL        | under: 400             | does not say what to find",
                "words: a           | then: MODELS           | cannot be read",
                "words: a           | then: MODEL SOMETIMES  | cannot be read",
                "words: a           | wait: long             | wait must be short, not long",
                "words: a & , & b   | then: MODEL            | an empty group",
                "specific-code: a*b | then: MODEL            | an asterisk is allowed only at an end",
                "status: four       | then: MODEL            | cannot be read",
            })
    void read_malformedRow_isRefusedByName(String first, String second, String problem) {
        String end = second.startsWith("then") || first.startsWith("then") ? "" : "\nthen: MODEL";
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class, () -> ErrorRulesReader.read("[row]\n" + first + "\n" + second + end));
        assertTrue(error.getMessage().contains("[row]"), error::getMessage);
        assertTrue(error.getMessage().contains(problem), error::getMessage);
    }
}
