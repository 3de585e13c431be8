package dev.llmspi.examples.cli;

import dev.llmspi.examples.show.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads standard input to its end. A program that was started by another one often has an input that never ends, so
 * this class says on standard error that it waits if nothing arrives for a while.
 */
final class StandardInput {

    private static final String NAME = "standard input";
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** More than fits into the context of a model. */
    private static final int LARGEST = 16 << 20;

    private final Terminal terminal;
    private final Duration patience;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    StandardInput(Terminal terminal) {
        this(terminal, PATIENCE);
    }

    /** @param patience how long nothing may arrive before the message is printed */
    StandardInput(Terminal terminal, Duration patience) {
        this.terminal = terminal;
        this.patience = patience;
    }

    /**
     * Reads the whole text.
     *
     * @param message the message for a person who may not know that the program reads its input
     * @throws IllegalArgumentException if the input cannot be read, is too large or is not UTF-8 text
     */
    String text(String message) {
        FutureTask<byte[]> reading = new FutureTask<>(this::readAll);
        Thread reader = new Thread(reading, "llm-stdin");
        // A read from a pipe cannot be interrupted, and must not keep the program alive.
        reader.setDaemon(true);
        reader.start();
        return InputFile.decode(await(reading, message), NAME);
    }

    private byte[] await(FutureTask<byte[]> reading, String message) {
        boolean told = terminal.isInputTyped();
        if (told) {
            terminal.err().println("llm: " + message);
        }
        try {
            while (true) {
                int before = read.size();
                try {
                    return told ? reading.get() : reading.get(patience.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (read.size() == before) {
                        terminal.err().println("llm: " + message);
                        told = true;
                    }
                }
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String reason = cause == null ? "" : ": " + cause.getMessage();
            throw new IllegalArgumentException("cannot read " + NAME + reason, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while reading " + NAME);
        }
    }

    private byte[] readAll() throws IOException {
        InputStream in = terminal.in();
        byte[] buffer = new byte[1 << 13];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            if (read.size() + count > LARGEST) {
                throw new IOException("it is larger than 16 MiB");
            }
            read.write(buffer, 0, count);
        }
        return read.toByteArray();
    }
}
