package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** What is known about one call while it runs; travels with its request, so that the interceptors find it. */
final class Exchange extends EventListener {

    // Fast fallback connects on other threads.
    private volatile boolean connecting;
    private volatile boolean sending;
    private volatile int status;

    /**
     * The exchange of a request of ours. A tag, looked up four times a call, would cost more than the body that is
     * there anyway.
     */
    static @Nullable Exchange of(Request request) {
        return request.body() instanceof OneShotBody body ? body.exchange() : request.tag(Exchange.class);
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        connecting = true;
        if (call.isCanceled()) {
            // A cancel that came before OkHttp knew of this connection: it would look again after 250 ms only.
            Exchange.<RuntimeException>fail(new IOException("cancelled"));
        }
    }

    /** OkHttp is Kotlin: it expects here what Java would have to declare. */
    @SuppressWarnings("unchecked") // the type is erased, nothing is cast
    private static <E extends Exception> void fail(IOException e) throws E {
        throw (E) e;
    }

    @Override
    public void requestHeadersStart(Call call) {
        if (call.request().body() == null) {
            send(call);
        }
    }

    /** The head waits in a buffer for the body: until now nothing has gone out. */
    @Override
    public void requestBodyStart(Call call) {
        send(call);
    }

    private void send(Call call) {
        if (call.isCanceled()) {
            Exchange.<RuntimeException>fail(new IOException("cancelled"));
        }
        sending = true;
    }

    void answered(int httpStatus) {
        status = httpStatus;
    }

    /** Whether this call opened a connection, so that it cannot have got a stale one. */
    boolean connected() {
        return connecting;
    }

    /** Whether bytes of the request may have gone out. */
    boolean sent() {
        return sending;
    }

    /** The status of the reply, 0 before there is one. */
    int status() {
        return status;
    }
}
