package dev.llmspi.examples.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TableTest {

    private static Table models() {
        return new Table(List.of("MODEL", "PRICE"), Set.of(1))
                .row(List.of("a-very-long-model-name/of-some-vendor", "3.00"), "")
                .row(List.of("short", "15.00"), "a note, long enough to be wrapped");
    }

    @Test
    void lines_wideEnough_truncateNothing() {
        assertEquals(
                List.of(
                        "MODEL                                  PRICE",
                        "a-very-long-model-name/of-some-vendor   3.00",
                        "short                                  15.00",
                        "    a note, long enough to be wrapped"),
                models().lines(Style.PLAIN, Integer.MAX_VALUE));
    }

    @Test
    void lines_narrow_truncateTheWidestColumnAndWrapTheNote() {
        assertEquals(
                List.of(
                        "MODEL          PRICE",
                        "a-very-lon...   3.00",
                        "short          15.00",
                        "    a note, long",
                        "    enough to be",
                        "    wrapped"),
                models().lines(Style.PLAIN, 20));
    }

    @Test
    void lines_controlCharacters_becomeSpaces() {
        Table table = new Table(List.of("A"), Set.of()).row(List.of("x\n\u001b[31my"), "");
        assertEquals("x [31my", table.lines(Style.PLAIN, 40).get(1));
    }

    @Test
    void cut_unicode_marksTheCutWithOneCharacter() {
        assertEquals("abcd…", new Style(false, true).cut("abcdefgh", 5));
        assertTrue(Style.PLAIN
                .cut("\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00", 4)
                .startsWith("\ud83d\ude00."));
    }
}
