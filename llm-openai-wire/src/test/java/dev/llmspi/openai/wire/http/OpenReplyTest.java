package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that a body is never closed while a thread reads it, because a body is not thread-safe. */
@Timeout(20)
class OpenReplyTest {

    /** A body without data, which blocks its reader until it is released. */
    private static final class Silent extends ResponseBody implements Source {
        private final CountDownLatch inside = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);
        private final BufferedSource source = Okio.buffer(this);
        private volatile boolean closed;

        @Override
        public long read(Buffer sink, long count) throws IOException {
            inside.countDown();
            try {
                letGo.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("the call was cancelled");
        }

        @Override
        public okio.Timeout timeout() {
            return okio.Timeout.NONE;
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public @Nullable MediaType contentType() {
            return null;
        }

        @Override
        public long contentLength() {
            return -1;
        }

        @Override
        public BufferedSource source() {
            return source;
        }
    }

    private final Silent body = new Silent();
    private final Call call = new OkHttpClient()
            .newCall(new Request.Builder().url("http://localhost/").build());
    private final List<OpenReply> released = new ArrayList<>();

    private OpenReply reply() {
        Response response = new Response.Builder()
                .request(call.request())
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("OK")
                .body(body)
                .build();
        return new OpenReply(
                call,
                response,
                new Exchange(Duration.ofSeconds(10)),
                CallContext.create().cancellation().onCancel(() -> {}),
                WholeReply.BOUNDS,
                released::add);
    }

    @Test
    void close_whileTheFirstBytesAreAwaited_leavesTheBodyToTheReader() throws Exception {
        OpenReply reply = reply();
        FutureTask<Boolean> looking = new FutureTask<>(reply::beginsWithEvents);
        Thread reader = new Thread(looking);
        reader.setDaemon(true); // if the test fails, the thread stays blocked in the body
        reader.start();
        body.inside.await();

        reply.close();

        assertTrue(call.isCanceled());
        assertFalse(body.closed, "a reader is inside");
        body.letGo.countDown();
        assertFalse(looking.get(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS));
        assertTrue(body.closed);
        assertEquals(List.of(reply), released);
    }

    @Test
    void beginsWithEvents_afterClose_doesNotTouchTheBody() {
        OpenReply reply = reply();
        reply.close();
        assertTrue(body.closed);
        assertFalse(reply.beginsWithEvents());
        assertEquals(1, body.inside.getCount());
        assertEquals(List.of(reply), released);
    }
}
