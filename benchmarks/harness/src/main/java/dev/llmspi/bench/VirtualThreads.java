package dev.llmspi.bench;

import java.util.concurrent.ThreadFactory;

/** Creates virtual threads if the JDK has them. It uses reflection, because it is compiled for a JDK without them. */
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
