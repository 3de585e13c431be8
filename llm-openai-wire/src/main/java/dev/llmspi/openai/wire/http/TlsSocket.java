package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A TLS socket that knows the socket below it, and where the answers end that it decrypts. */
final class TlsSocket extends ForwardingTlsSocket implements AnswerSocket {

    private static final String HTTP_2 = "h2";

    private final SSLSocket socket;
    private final TrackedSocket tracked;
    private final AnswerInput answers;

    TlsSocket(SSLSocket socket, TrackedSocket tracked) throws IOException {
        super(socket);
        this.socket = socket;
        this.tracked = tracked;
        this.answers = new AnswerInput(socket.getInputStream());
    }

    @Override
    public TrackedSocket tracked() {
        return tracked;
    }

    @Override
    public AnswerInput answers() {
        return answers;
    }

    @Override
    public InputStream getInputStream() {
        return answers;
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed() || !answers.isAtItsEnd();
    }

    @Override
    public SocketChannel getChannel() {
        return tracked.getChannel();
    }

    /**
     * Closes both sockets. Closing a TLS socket sends a last message, and waits without a limit while another thread
     * writes. Over HTTP/2, and on a connection that is no longer trusted, such a write may be stuck, and closing the
     * socket below first ends it.
     */
    @Override
    public void close() throws IOException {
        try {
            if (isHttp2() || tracked.isClosed()) {
                tracked.close();
            }
        } finally {
            socket.close();
        }
    }

    private boolean isHttp2() {
        try {
            return HTTP_2.equals(socket.getApplicationProtocol());
        } catch (UnsupportedOperationException e) {
            return false; // OkHttp then uses HTTP/1.1
        }
    }

    // JSSE does not pass options on, so they go to the socket below.

    @Override
    public <T> Socket setOption(SocketOption<T> name, @Nullable T value) throws IOException {
        tracked.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return tracked.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return tracked.supportedOptions();
    }
}
