package dev.llmspi.openai.wire.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The socket of a channel, which records when the last byte arrived. OkHttp asks a socket whether it is closed before
 * it takes the connection from the pool. The answer is yes if {@link Liveness} no longer trusts the connection, or if
 * the server sent more than it was asked for. OkHttp then starts no further request on it, while requests that are
 * still running can end.
 */
final class TrackedSocket extends Socket implements AnswerSocket {

    private final SocketChannel channel;
    private final Socket socket;
    private final Liveness liveness;
    /** Receives a surplus byte, which is ignored. */
    private final ByteBuffer surplus = ByteBuffer.allocate(1);

    private volatile long lastByteAt = System.nanoTime();
    private volatile boolean dead;
    private final InputMeter meter = new InputMeter();
    private volatile @Nullable AnswerInput answers;

    TrackedSocket(SocketChannel channel, Liveness liveness) throws SocketException {
        super((SocketImpl) null);
        this.channel = channel;
        this.socket = channel.socket();
        this.liveness = liveness;
    }

    /** Returns when the last byte arrived, as {@link System#nanoTime}; at first, when the connection was opened. */
    long lastByteAt() {
        return lastByteAt;
    }

    /** Whether a byte has arrived at this time or later. */
    boolean heardSince(long nanoTime) {
        return lastByteAt - nanoTime >= 0;
    }

    /** Counts the bytes that arrive. */
    InputMeter meter() {
        return meter;
    }

    /** Prevents further requests on this connection. */
    void retire() {
        dead = true;
    }

    /**
     * Whether there is something to read: the end of the connection, or data. A server normally sends nothing on an
     * idle connection, so any byte, such as one of a TLS alert, makes the connection unusable. The byte is lost.
     */
    boolean isReadable() {
        try {
            channel.configureBlocking(false);
            try {
                return channel.read(surplus.clear()) != 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public boolean isClosed() {
        AnswerInput input = answers;
        return socket.isClosed() || dead || !liveness.trusts(lastByteAt) || input != null && !input.isAtItsEnd();
    }

    @Override
    public TrackedSocket tracked() {
        return this;
    }

    @Override
    public AnswerInput answers() {
        return Objects.requireNonNull(answers, "OkHttp has obtained the stream");
    }

    @Override
    public synchronized InputStream getInputStream() throws IOException {
        AnswerInput input = answers;
        if (input == null) {
            answers = input = new AnswerInput(timed(meter.counting(socket.getInputStream())));
        }
        return input;
    }

    private InputStream timed(InputStream input) {
        return new FilterInputStream(input) {
            @Override
            public int read() throws IOException {
                int read = in.read();
                lastByteAt = System.nanoTime();
                return read;
            }

            @Override
            public int read(byte[] bytes, int offset, int count) throws IOException {
                int read = in.read(bytes, offset, count);
                lastByteAt = System.nanoTime();
                return read;
            }
        };
    }

    @Override
    public void connect(@Nullable SocketAddress address, int timeout) throws IOException {
        socket.connect(address, timeout);
        lastByteAt = System.nanoTime();
    }

    @Override
    public void connect(@Nullable SocketAddress address) throws IOException {
        connect(address, 0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public SocketChannel getChannel() {
        return channel;
    }

    // All other methods pass the call on.

    @Override
    public OutputStream getOutputStream() throws IOException {
        return socket.getOutputStream();
    }

    @Override
    public void bind(@Nullable SocketAddress address) throws IOException {
        socket.bind(address);
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        return socket.getInetAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public int getPort() {
        return socket.getPort();
    }

    @Override
    public int getLocalPort() {
        return socket.getLocalPort();
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return socket.getLocalSocketAddress();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        socket.setTcpNoDelay(on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return socket.getTcpNoDelay();
    }

    @Override
    public void setSoLinger(boolean on, int seconds) throws SocketException {
        socket.setSoLinger(on, seconds);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return socket.getSoLinger();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        socket.setSoTimeout(millis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return socket.getSoTimeout();
    }

    @Override
    public void setSendBufferSize(int size) throws SocketException {
        socket.setSendBufferSize(size);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return socket.getSendBufferSize();
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        socket.setReceiveBufferSize(size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return socket.getReceiveBufferSize();
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        socket.setKeepAlive(on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return socket.getKeepAlive();
    }

    @Override
    public void shutdownInput() throws IOException {
        socket.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isBound() {
        return socket.isBound();
    }

    @Override
    public boolean isInputShutdown() {
        return socket.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket.isOutputShutdown();
    }

    @Override
    public <T> Socket setOption(SocketOption<T> name, @Nullable T value) throws IOException {
        socket.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return socket.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return socket.supportedOptions();
    }

    @Override
    public String toString() {
        return socket.toString();
    }
}
