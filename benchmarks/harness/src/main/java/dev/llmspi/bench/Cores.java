package dev.llmspi.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;

/**
 * Where processes run. With one caller, client and server wake each other in turn, and where the system happens to put them decides
 * more than the client does: a plain client needs half as long on one core as on two. So both are measured, each on
 * purpose. Needs the command {@code taskset} and processors of the numbers 0 and 1; where they are not to be had, the system decides.
 */
enum Cores {
    /** Wherever the system puts them. */
    ANY("", ""),
    /** Client and server on the same processor. */
    ONE("0", "0"),
    /** Each on a processor of its own. */
    TWO("0", "1");

    /** A thread that ends meanwhile makes the command fail. */
    private static final int TRIES = 10;

    private static final boolean AVAILABLE = isAvailable();

    private final String server;
    private final String client;

    Cores(String server, String client) {
        this.server = server;
        this.client = client;
    }

    private static boolean isAvailable() {
        try {
            run(List.of("taskset", "--cpu-list", "0", "true"));
            run(List.of("taskset", "--cpu-list", "1", "true"));
            return true;
        } catch (IOException e) {
            // no such command, or no such processor: told below
        }
        System.err.println("client and server cannot be placed on one core or two: where they run is left to the system");
        return false;
    }

    void place(long serverPid, long clientPid) throws IOException {
        if (!AVAILABLE) {
            return;
        }
        String all = "0-" + (Runtime.getRuntime().availableProcessors() - 1);
        run(server.isEmpty() ? all : server, serverPid);
        run(client.isEmpty() ? all : client, clientPid);
    }

    private static void run(String cores, long pid) throws IOException {
        for (int i = 1; ; i++) {
            try {
                run(List.of("taskset", "--all-tasks", "--cpu-list", "--pid", cores, Long.toString(pid)));
                return;
            } catch (IOException e) {
                if (i == TRIES) {
                    throw e;
                }
            }
        }
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("failed: " + String.join(" ", command));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
