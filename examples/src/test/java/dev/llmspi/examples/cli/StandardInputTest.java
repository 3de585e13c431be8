package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.examples.show.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StandardInputTest {

    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final CountDownLatch told = new CountDownLatch(1);
    private final ByteArrayOutputStream err = new ByteArrayOutputStream() {
        @Override
        public void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            told.countDown();
        }
    };

    private StandardInput input(InputStream in, String terminals, Duration patience) {
        return new StandardInput(
                new Terminal(in, OutputStream.nullOutputStream(), err, Map.of(), terminals, "C"), patience);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void text_inputThatEnds_printsNothing() {
        InputStream in = new ByteArrayInputStream("Gr\u00fc\u00dfe\n".getBytes(StandardCharsets.UTF_8));
        assertEquals("Gr\u00fc\u00dfe\n", input(in, "", LONG).text("waiting"));
        assertEquals("", err());
    }

    @Test
    void text_silentInput_saysSoOnceAndGoesOnReading() {
        assertEquals("a", input(new SilentInput(), "", SHORT).text("waiting"));
        assertEquals("llm: waiting\n", err());
    }

    @Test
    void text_typedInput_saysSoAtOnce() {
        assertEquals("a", input(new SilentInput(), "0", LONG).text("type the text"));
        assertEquals("llm: type the text\n", err());
    }

    @Test
    void text_brokenInput_isRefused() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Is a directory");
            }
        };
        String message = assertThrows(IllegalArgumentException.class, () -> input(broken, "", LONG)
                        .text("waiting"))
                .getMessage();
        assertEquals("cannot read standard input: Is a directory", message);
    }

    @Test
    void text_inputWithoutEnd_isRefused() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'y';
            }

            @Override
            public int read(byte[] bytes, int from, int length) {
                Arrays.fill(bytes, from, from + length, (byte) 'y');
                return length;
            }
        };
        String message = assertThrows(IllegalArgumentException.class, () -> input(endless, "", LONG)
                        .text("waiting"))
                .getMessage();
        assertEquals("cannot read standard input: it is larger than 16 MiB", message);
    }

    /** An input that delivers its text only after the program has said that it waits. */
    private final class SilentInput extends InputStream {

        private boolean read;

        @Override
        public int read() throws IOException {
            try {
                told.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            int next = read ? -1 : 'a';
            read = true;
            return next;
        }
    }
}
