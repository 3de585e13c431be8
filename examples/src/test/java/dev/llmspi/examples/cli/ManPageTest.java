package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.examples.show.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Keeps the manual page consistent with {@code --help}. After a change of an option,
 * {@code mvn -pl examples -am -Dtest=ManPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dllmspi.man.write test}
 * writes the page again.
 */
class ManPageTest {

    private static final Path PAGE = Path.of("src/main/llm/share/man/man1/llm.1");

    @Test
    void manPage_describesEveryCommandAndOption() throws Exception {
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                Map.of(),
                "",
                "C");
        String page = ManPage.of(Llm.commandLine(terminal));
        if (System.getProperty("llmspi.man.write") != null) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertEquals(page, Files.readString(PAGE), "the manual page is old; see the comment on this class");
    }
}
