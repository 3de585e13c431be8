package dev.llmspi.testkit;

import java.util.concurrent.TimeUnit;

/** The real time that a test waits for another thread before it fails. */
final class Patience {

    static final long NANOS = TimeUnit.SECONDS.toNanos(10);
    static final String TEXT = "10 s";

    private Patience() {}
}
