package dev.llmspi.examples.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.show.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Notes notes = new Notes(
            new Terminal(InputStream.nullInputStream(), OutputStream.nullOutputStream(), err, Map.of(), "", "C"));

    @Test
    void location_followsTheXdgSpecification() {
        assertEquals(
                Path.of("/state/llm/history"), HistoryFile.location(Map.of("XDG_STATE_HOME", "/state", "HOME", "/h")));
        assertEquals(
                Path.of("/h/.local/state/llm/history"),
                HistoryFile.location(Map.of("XDG_STATE_HOME", "relative", "HOME", "/h")));
    }

    @Test
    void file_isCreatedForItsOwnerOnly_andOtherRightsAreRemoved() throws Exception {
        Map<String, String> environment = Map.of("XDG_STATE_HOME", folder.toString());
        Path file = HistoryFile.prepare(environment, notes).orElseThrow();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        assertEquals(Optional.of(file), HistoryFile.prepare(environment, notes));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("", err.toString());
    }

    @Test
    void place_thatCannotBeUsed_isNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertEquals(Optional.empty(), HistoryFile.prepare(Map.of("XDG_STATE_HOME", file.toString()), notes));
        assertTrue(err.toString().contains("no history"), err.toString());
        assertTrue(err.toString().contains(file.toString()), err.toString());
    }

    @Test
    void linkToDevNull_turnsTheHistoryOffWithoutAWord() throws Exception {
        Path file = folder.resolve("llm/history");
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of("/dev/null"));
        assertEquals(Optional.empty(), HistoryFile.prepare(Map.of("XDG_STATE_HOME", folder.toString()), notes));
        assertEquals("", err.toString());
    }
}
