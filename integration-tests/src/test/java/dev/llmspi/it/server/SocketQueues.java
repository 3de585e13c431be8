package dev.llmspi.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the system holds of a connection: written by one side, not yet read by the other. Linux tells, others do not. */
final class SocketQueues {

    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp6"), Path.of("/proc/net/tcp"));

    private SocketQueues() {}

    static boolean areKnown() {
        return TABLES.stream().anyMatch(Files::isReadable);
    }

    /** The bytes between two ports of this machine that were written at the first and not yet read at the second. */
    static long between(int from, int to) throws IOException {
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
