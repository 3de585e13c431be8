package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    private static byte[] commandLine(Charset charset, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String argument : arguments) {
            bytes.writeBytes(argument.getBytes(charset));
            bytes.write(0);
        }
        return bytes.toByteArray();
    }

    @Test
    void decoded_restoresWhatJavaCouldNotDecode() {
        byte[] typed = commandLine(StandardCharsets.UTF_8, "java", "Main", "chat", "", "Gr\u00fc\u00dfe", "\ufffd");
        assertArrayEquals(
                new String[] {"chat", "", "Gr\u00fc\u00dfe", "\ufffd"},
                Arguments.decoded(new String[] {"chat", "", "Gr\ufffd\ufffd\ufffd\ufffde", "\ufffd"}, typed));
    }

    @Test
    void decoded_notUtf8_isRefused() {
        byte[] typed = commandLine(StandardCharsets.ISO_8859_1, "java", "Main", "chat", "Gr\u00fc\u00dfe");
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Arguments.decoded(new String[] {"chat", "Gr\ufffd\ufffde"}, typed))
                .getMessage();
        assertTrue(message.contains("not UTF-8"), message);
    }

    @Test
    void decoded_noCommandLine_changesNothing() {
        String[] damaged = {"\ufffd"};
        assertArrayEquals(damaged, Arguments.decoded(damaged, new byte[0]));
    }
}
