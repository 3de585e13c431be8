package dev.llmspi.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;

/**
 * The placement of processes on cores. With one caller, client and server wake each other in turn, and their placement
 * matters more than the client's code: a plain client takes half as long if both processes share one core. Therefore
 * both cases are measured explicitly. This requires the command {@code taskset} and the processors 0 and 1; without
 * them, the operating system decides.
 */
enum Cores {
    /** The operating system decides. */
    ANY("", ""),
    /** Client and server on the same processor. */
    ONE("0", "0"),
    /** Client and server on different processors. */
    TWO("0", "1");

    /** The number of attempts, because the command fails if a thread ends while it runs. */
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
            // the command or a processor does not exist, which is reported below
        }
        System.err.println("cannot pin client and server to cores: the operating system decides where they run");
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
