package dev.llmspi.core.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.llmspi.core.settings.TimeoutSettings;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Tests the executor of a client that shuts down while threads still use it. */
@Timeout(60)
class ClientRuntimeTest {

    private final ClientRuntime runtime = new ClientRuntime(ManualTimeSource.create(), TimeoutSettings.none(), null);

    /** Submits tasks until the runtime refuses one, and returns the exception. */
    private RuntimeException refusal() {
        while (true) {
            try {
                runtime.execute(() -> {});
            } catch (RuntimeException refused) {
                return refused;
            }
        }
    }

    /** A thread may get the executor from the runtime just before the runtime shuts it down. */
    @RepeatedTest(50)
    void execute_duringShutdown_isRefusedBecauseTheClientIsClosed() throws Exception {
        List<CompletableFuture<RuntimeException>> refusals = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<RuntimeException> refusal = new CompletableFuture<>();
            refusals.add(refusal);
            new Thread(() -> refusal.complete(refusal())).start();
        }
        runtime.shutdown(Duration.ZERO);
        for (CompletableFuture<RuntimeException> refusal : refusals) {
            RuntimeException refused = refusal.get(20, TimeUnit.SECONDS);
            assertInstanceOf(IllegalStateException.class, refused);
            assertEquals("the client is closed", refused.getMessage());
        }
    }
}
