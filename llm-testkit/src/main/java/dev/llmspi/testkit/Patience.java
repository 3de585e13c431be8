package dev.llmspi.testkit;

import java.util.concurrent.TimeUnit;

/** How long, in real time, a test waits for another thread before it is told that nothing happened. */
final class Patience {

    static final long NANOS = TimeUnit.SECONDS.toNanos(10);
    static final String TEXT = "10 s";

    private Patience() {}
}
