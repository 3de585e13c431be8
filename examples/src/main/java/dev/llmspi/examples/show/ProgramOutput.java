package dev.llmspi.examples.show;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One of the program's outputs. It removes the status line before it writes, and it remembers its first failure,
 * because a {@link java.io.PrintStream} hides failures. After a failure it writes nothing more, so that no part of the
 * output is missing in the middle.
 */
final class ProgramOutput extends OutputStream {

    private final OutputStream target;
    private final StatusLine status;
    private volatile @Nullable IOException failure;

    ProgramOutput(OutputStream target, StatusLine status) {
        this.target = target;
        this.status = status;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        IOException before = failure;
        if (before != null) {
            throw before;
        }
        if (length == 0) {
            return;
        }
        status.clear();
        try {
            target.write(bytes, from, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        target.flush();
    }

    /** Returns why the output could not be written. Empty if its reader has closed it, as {@code head} does. */
    Optional<String> lost() {
        IOException known = failure;
        return known == null || isClosedByReader(known)
                ? Optional.empty()
                : Optional.of(String.valueOf(known.getMessage()));
    }

    private static boolean isClosedByReader(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        // Java has no exception of its own for this. The launcher makes sure that the message is in English. The last
        // two are the words of Windows.
        return message.equals("Broken pipe")
                || message.equals("Connection reset by peer")
                || message.equals("The pipe is being closed")
                || message.equals("The pipe has been ended");
    }
}
