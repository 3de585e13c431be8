package dev.llmspi.openai.wire.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;

/**
 * Cancels a call that has no connection when the connect timeout expires. The timeout covers everything that precedes
 * the request: resolving the host's name, the attempts to connect to its addresses, the proxy's tunnel and the TLS
 * handshake. OkHttp's own connect timeout starts anew for each address and does not include the other steps.
 */
final class ConnectTimer {

    private final CompletableFuture<Boolean> expired = new CompletableFuture<>();

    private ConnectTimer() {}

    @SuppressWarnings("FutureReturnValueIgnored") // cancelling a call does not fail
    static ConnectTimer start(Call call, Duration timeout) {
        ConnectTimer timer = new ConnectTimer();
        timer.expired
                .completeOnTimeout(true, LazyClient.millis(timeout), TimeUnit.MILLISECONDS)
                .thenAccept(expired -> {
                    if (expired) {
                        call.cancel();
                    }
                });
        return timer;
    }

    /** Stops the timer, unless it has already expired. */
    void stop() {
        expired.complete(false);
    }

    boolean isExpired() {
        return expired.getNow(false);
    }
}
