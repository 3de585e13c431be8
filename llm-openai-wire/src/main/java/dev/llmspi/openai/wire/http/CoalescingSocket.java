package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Writes what OkHttp writes in fewer and larger pieces. OkHttp hands on 8 KiB at a time, and each time is a system call
 * and a wake-up of whoever reads: 200 KB over loopback take half the time in pieces of 32 KiB. What is written is held
 * until the buffer is full or {@code flush} is called, as OkHttp does behind every request over plain HTTP; of what
 * stands between it and the socket with TLS we cannot say. Closing does not write what is held: a request that was not
 * flushed was given up.
 */
final class CoalescingSocket extends ForwardingSocket {

    private static final int BUFFER = 32 * 1024;

    private final Queue<byte[]> buffers;
    private @Nullable Output output;

    /**
     * @param buffers free buffers, shared by connections: one has a buffer only while it writes, for thousands may
     *     be open; bounded, and safe for use by many threads
     */
    CoalescingSocket(Socket socket, Queue<byte[]> buffers) {
        super(socket);
        this.buffers = buffers;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        Output known = output;
        if (known == null) {
            output = known = new Output(super.getOutputStream(), buffers);
        }
        return known;
    }

    /** Used by one thread at a time, as any stream. */
    private static final class Output extends OutputStream {
        private final OutputStream out;
        private final Queue<byte[]> buffers;
        private byte @Nullable [] buffer;
        private int length;

        Output(OutputStream out, Queue<byte[]> buffers) {
            this.out = out;
            this.buffers = buffers;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            byte[] held = buffer();
            for (int at = 0; at < count; ) {
                int piece = Math.min(count - at, held.length - length);
                System.arraycopy(bytes, offset + at, held, length, piece);
                at += piece;
                length += piece;
                if (length == held.length) {
                    writeHeld(held);
                }
            }
        }

        private byte[] buffer() {
            byte[] held = buffer;
            if (held == null) {
                byte[] free = buffers.poll();
                buffer = held = free == null ? new byte[BUFFER] : free;
            }
            return held;
        }

        private void writeHeld(byte[] held) throws IOException {
            if (length > 0) {
                out.write(held, 0, length);
                length = 0;
            }
        }

        @Override
        public void flush() throws IOException {
            byte[] held = buffer;
            if (held != null) {
                writeHeld(held);
                buffer = null;
                buffers.offer(held);
            }
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
