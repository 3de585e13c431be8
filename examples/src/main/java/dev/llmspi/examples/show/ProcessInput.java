package dev.llmspi.examples.show;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Tells what the standard input of this process is. */
final class ProcessInput {

    private static final Path INPUT = Path.of("/dev/stdin");
    /** The bits of a file's mode that say what the file is. */
    private static final int TYPE = 0xf000;

    private static final int PIPE = 0x1000;
    private static final int FILE = 0x8000;

    private ProcessInput() {}

    /** Returns whether the input is a pipe or a regular file. False where this cannot be found out, as on Windows. */
    static boolean isPipeOrFile() {
        try {
            Object mode = Files.getAttribute(INPUT, "unix:mode");
            return mode instanceof Integer bits && Set.of(PIPE, FILE).contains(bits & TYPE);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }
}
