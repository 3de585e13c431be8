package dev.llmspi.examples.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ErrorKind;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that text of models and servers shows nothing invisible on a terminal. */
class VisibleTextTest {

    /** C0 and C1 controls, bidirectional controls, zero-width characters, fillers, selectors and tags. */
    private static List<Integer> unwanted() {
        List<Integer> unwanted = new ArrayList<>();
        int[][] ranges = {
            {0x00, 0x08},
            {0x0B, 0x1F},
            {0x7F, 0x9F},
            {0xAD, 0xAD},
            {0x034F, 0x034F},
            {0x061C, 0x061C},
            {0x115F, 0x1160},
            {0x17B4, 0x17B5},
            {0x180B, 0x180F},
            {0x200B, 0x200F},
            {0x2028, 0x202E},
            {0x2060, 0x206F},
            {0x3164, 0x3164},
            {0xFE00, 0xFE0D},
            {0xFEFF, 0xFEFF},
            {0xFFA0, 0xFFA0},
            {0xFFF9, 0xFFFB},
            {0x1D173, 0x1D17A},
            {0xE0001, 0xE0001},
            {0xE0020, 0xE007F},
            {0xE0100, 0xE01EF}
        };
        for (int[] range : ranges) {
            for (int c = range[0]; c <= range[1]; c++) {
                unwanted.add(c);
            }
        }
        return unwanted;
    }

    private static void assertClean(String shown) {
        unwanted()
                .forEach(c -> assertFalse(
                        shown.indexOf(c) >= 0,
                        () -> "U+" + Integer.toHexString(c) + " in " + shown.length() + " characters"));
    }

    private static String everything() {
        StringBuilder text = new StringBuilder("a");
        unwanted().forEach(c -> text.appendCodePoint(c).append('b'));
        return text.toString();
    }

    @Test
    void of_unwantedCharacters_areRemoved() {
        assertEquals("a" + "b".repeat(unwanted().size()), VisibleText.of(everything()));
        assertEquals("a\n\tb", VisibleText.of("a\n\tb"));
    }

    @Test
    void line_controls_areOneSpace() {
        assertClean(VisibleText.line(everything()));
        assertEquals("a b", VisibleText.line("\u0000a\r\n\u0085\u2028b\u202E\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67", // family
                "\uD83D\uDC69\uD83C\uDFFD\u200D\uD83D\uDCBB", // woman with a skin tone and a computer
                "\u2764\uFE0F\u200D\uD83D\uDD25", // heart on fire
                "\uD83C\uDFF3\uFE0F\u200D\uD83C\uDF08", // flag
                "\uD83D\uDE42\u200D\u2195\uFE0F", // nodding head
                "1\uFE0F\u20E3 \u2601\uFE0E", // keycap and a cloud as text
                "\u0646\u0645\u06CC \u0936\u094D \u05E9\u05DC\u05D5\u05DD e\u0301 \u0600", // scripts and accents
            })
    void of_emojiAndScripts_areUnchanged(String text) {
        assertEquals(text, VisibleText.of(text));
        assertEquals(text, VisibleText.line(text));
    }

    @ParameterizedTest
    @CsvSource({"a\u200Db, ab", "\u200D\uD83D\uDC69, \uD83D\uDC69", "\uD83D\uDC69\u200D, \uD83D\uDC69"})
    void of_joinerThatJoinsNoEmoji_isRemoved(String text, String shown) {
        assertEquals(shown, VisibleText.of(text));
    }

    @Test
    void of_severalSelectors_isOne() {
        assertEquals("a\uFE0F", VisibleText.of("\uFE0Fa\uFE0F\uFE0F\uFE0E"));
    }

    @Test
    void table_cellsAndNotes_areClean() {
        Table table = new Table(List.of("MODEL"), Set.of()).row(List.of(everything()), everything());
        table.lines(Style.PLAIN, Integer.MAX_VALUE).forEach(VisibleTextTest::assertClean);
    }

    @Test
    void timeline_messagesAndModels_areClean() {
        List<Attempt> attempts = List.of(
                Attempt.builder("p", Attempt.Outcome.ERROR)
                        .kind(ErrorKind.SERVICE)
                        .message(everything())
                        .build(),
                Attempt.builder("p", Attempt.Outcome.SUCCESS)
                        .model(everything())
                        .build());
        new Timeline(Style.PLAIN, 10_000).withMessages().lines(attempts).forEach(VisibleTextTest::assertClean);
    }

    @Test
    void answer_onATerminalOnly_isCleaned() {
        OutputStream nowhere = OutputStream.nullOutputStream();
        Terminal seen = new Terminal(InputStream.nullInputStream(), nowhere, nowhere, Map.of(), "12", "C");
        assertClean(seen.answer(everything()));
        assertClean(seen.remark(everything()));
        Terminal pipe = new Terminal(InputStream.nullInputStream(), nowhere, nowhere, Map.of(), "", "C");
        assertEquals(everything(), pipe.answer(everything()));
        assertEquals(everything(), pipe.remark(everything()));
    }
}
