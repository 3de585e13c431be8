package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests how the script {@code bin/llm} finds its own folder and a JDK. */
class LauncherIT {

    @TempDir
    Path folder;

    @Test
    void symbolicLinks_areResolvedFromAnyWorkingFolder() throws Exception {
        Path home = Program.copyTo(folder.resolve("with blanks"));
        Path link = Files.createSymbolicLink(folder.resolve("first"), home.resolve("bin/llm"));
        Files.createSymbolicLink(folder.resolve("second"), Path.of("first"));
        Result direct = new Program(home).in(folder).run("--version");
        assertEquals(0, direct.status(), direct.err());
        assertTrue(direct.out().matches("llm \\d\\S+, Java \\S+\n"), direct.out());
        assertEquals(direct, new Program(home).in(folder).shell("'" + link + "' --version"));
        assertEquals(direct, new Program(home).in(folder).shell("./second --version"));
    }

    @Test
    void javaFromThePath_isFound() throws Exception {
        String bin = Path.of(System.getProperty("java.home"), "bin").toString();
        Result result = new Program(Program.PACKAGED)
                .without("JAVA_HOME")
                .with("PATH", bin + ":" + System.getenv("PATH"))
                .run("--version");
        assertEquals(0, result.status(), result.err());
        assertTrue(result.out().contains(String.valueOf(Runtime.version().feature())), result.out());
    }

    @Test
    void javaHomeWithoutJava_isReported() throws Exception {
        Result result = new Program(Program.PACKAGED)
                .with("JAVA_HOME", folder.toString())
                .run("--version");
        assertEquals(2, result.status());
        assertTrue(result.err().startsWith("llm: JAVA_HOME is " + folder), result.err());
    }

    @Test
    void oldJava_isReported() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        checkTooOld("1.8.0_402");
        Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"11.0.2\"\n");
        checkTooOld("11.0.2");
    }

    private void checkTooOld(String version) throws Exception {
        Result result = new Program(Program.PACKAGED)
                .with("JAVA_HOME", folder.toString())
                .run("--version");
        assertEquals(2, result.status());
        assertTrue(result.err().contains("needs Java 17 or newer"), result.err());
        assertTrue(result.err().contains(version), result.err());
    }

    @Test
    void javaOptions_arePassedOn() throws Exception {
        Result result = new Program(Program.PACKAGED)
                .with("LLM_JAVA_OPTS", "-Xmx64m -version")
                .run("providers");
        assertEquals(0, result.status());
        assertTrue(result.err().contains("version"), result.err());
    }

    /** The launcher for Windows cannot run here. It must pass the same options to Java. */
    @Test
    void windows_launcherPassesTheSameOptions() throws Exception {
        String posix = Files.readString(Program.PACKAGED.resolve("bin/llm"));
        String windows = Files.readString(Program.PACKAGED.resolve("bin/llm.cmd"));
        assertEquals(options(posix), options(windows));
        assertTrue(windows.lines().count() > 1, "no lines");
        assertEquals(windows, windows.replace("\r\n", "\n").replace("\n", "\r\n"), "cmd.exe needs CRLF");
    }

    private static Set<String> options(String launcher) {
        return Pattern.compile("-X[A-Za-z]*:[\\w+=]+|-Dllm\\.\\w+=|--add-modules=[A-Z-]+|-m dev\\S+")
                .matcher(launcher)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
