package dev.llmspi.bench;

import java.io.IOException;
import java.util.List;

/**
 * Where processes run. With one caller, client and server wake each other in turn, and where the system happens to put them decides
 * more than the client does: on one core a call takes half as long as on two, for every contestant. So both are measured, each on
 * purpose. Needs the command {@code taskset}; where there is none, the system decides.
 */
enum Cores {
    /** Wherever the system puts them. */
    ANY("", ""),
    /** Client and server on the same core. */
    ONE("0", "0"),
    /** Each on a core of its own. */
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
        if (Runtime.getRuntime().availableProcessors() > 1) {
            try {
                run(List.of("taskset", "--version"));
                return true;
            } catch (IOException e) {
                // the same as on one core
            }
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
            throw new IOException(e);
        }
    }
}
