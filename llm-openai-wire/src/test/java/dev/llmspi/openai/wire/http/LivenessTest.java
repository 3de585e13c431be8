package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import okhttp3.Request;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests when silence makes connections suspect. */
@Timeout(30)
class LivenessTest {

    private static final long CHAT = TimeUnit.SECONDS.toNanos(20);
    private static final long HEAD = TimeUnit.MILLISECONDS.toNanos(50);

    @Tag("fault-1.15")
    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void streamsAndDocuments_haveTheirOwnUsualTime(boolean stream, boolean suspect) {
        Liveness liveness = new Liveness();
        for (int i = 0; i < 10; i++) {
            liveness.answered(CHAT, false);
            liveness.answered(HEAD, true);
        }
        assertEquals(suspect, liveness.isUnusual(CHAT / 2, stream));
    }

    @Tag("fault-1.15")
    @Test
    void oneFastAnswer_isNotTheUsualTime() {
        Liveness liveness = new Liveness();
        for (int i = 0; i < 10; i++) {
            liveness.answered(CHAT, false);
        }
        liveness.answered(HEAD, false);
        assertFalse(liveness.isUnusual(CHAT / 2, false));
        assertTrue(liveness.isUnusual(CHAT, false));
    }

    /** OkHttp offers no way to ping for a request without a body, so its connection is not used again. */
    @Tag("fault-1.15")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void getOverHttp2_silentForLong_connectionIsNotUsedAgain(boolean waits) throws IOException {
        Liveness liveness = new Liveness();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new ChannelSocketFactory(liveness).createSocket()) {
            client.connect(listener.getLocalSocketAddress());
            PendingRequest request = new PendingRequest(liveness, ((AnswerSocket) client).tracked(), true, true, false);
            request.over(new Request.Builder().url("https://localhost/").build());
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waits ? 150 : 0);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            request.givenUp();
            assertEquals(waits, client.isClosed());
        }
    }
}
