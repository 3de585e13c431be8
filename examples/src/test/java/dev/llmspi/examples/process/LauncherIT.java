package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
}
