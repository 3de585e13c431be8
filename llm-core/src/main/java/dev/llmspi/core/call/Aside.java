package dev.llmspi.core.call;

/** Runs what the watch must not run itself, because it reaches into code of others that may take its time. */
final class Aside {

    private Aside() {}

    /** Runs the action on a daemon thread of its own. Rare: only when a call was ended and nobody else attends to it. */
    static void run(Runnable action) {
        Thread thread = new Thread(action, "llmspi-aside");
        thread.setDaemon(true);
        thread.start();
    }
}
