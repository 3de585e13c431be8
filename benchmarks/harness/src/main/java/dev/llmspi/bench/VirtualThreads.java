package dev.llmspi.bench;

import java.util.concurrent.ThreadFactory;

/** Virtual threads on a JDK that has them; compiled for one that has not. */
final class VirtualThreads {

    private static final long STACK = 256 * 1024;

    private VirtualThreads() {}

    static ThreadFactory orPlatform() {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                    .getMethod("factory")
                    .invoke(builder);
        } catch (ReflectiveOperationException e) {
            return work -> new Thread(null, work, "caller", STACK);
        }
    }
}
