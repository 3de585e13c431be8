package dev.llmspi.it.server;

import dev.llmspi.testkit.loopback.LoopbackConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads how many bytes one side of a connection has written and the other side has not read yet. Only Linux provides
 * this information.
 */
public final class SocketQueues {

    private static final long POLL_NANOS = 200_000;
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp6"), Path.of("/proc/net/tcp"));

    private SocketQueues() {}

    /** Returns whether this operating system provides the data that {@link #awaitRead} needs. */
    public static boolean areKnown() {
        return TABLES.stream().anyMatch(Files::isReadable);
    }

    /** Waits until the client has read all bytes written so far, or until the connection is closed. */
    public static void awaitRead(LoopbackConnection connection) throws IOException {
        while (!connection.isClosed() && between(connection.serverPort(), connection.clientPort()) > 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * Returns the number of bytes that were written at the first port and have not been read at the second port yet.
     */
    private static long between(int from, int to) throws IOException {
        long bytes = 0;
        for (Path table : TABLES) {
            if (!Files.isReadable(table)) {
                continue;
            }
            for (String line : Files.readAllLines(table)) {
                String[] words = line.strip().split("\\s+");
                if (isAt(words[1], from) && isAt(words[2], to)) {
                    bytes += Long.parseLong(words[4].substring(0, words[4].indexOf(':')), 16);
                } else if (isAt(words[1], to) && isAt(words[2], from)) {
                    bytes += Long.parseLong(words[4].substring(words[4].indexOf(':') + 1), 16);
                }
            }
        }
        return bytes;
    }

    private static boolean isAt(String address, int port) {
        return address.endsWith(":%04X".formatted(port));
    }
}
