package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes what OkHttp writes in fewer and larger pieces. OkHttp hands on 8 KiB at a time, and each time is a system call and a wake-up of
 * whoever reads: 200 KB over loopback take half the time in pieces of 32 KiB. Only for connections whose user flushes when a
 * request is written, as OkHttp does over plain HTTP: of what is between it and the socket with TLS we cannot say.
 */
final class CoalescingSocket extends ForwardingSocket {

    private static final int BUFFER = 32 * 1024;
    /** What OkHttp writes when more follows. */
    private static final int SEGMENT = 8 * 1024;
    /** A connection has a buffer while it writes, for there may be thousands of them that do not. */
    private static final Queue<byte[]> BUFFERS = new ArrayBlockingQueue<>(16);

    private @Nullable Output output;

    CoalescingSocket(Socket socket) {
        super(socket);
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        Output known = output;
        if (known == null) {
            output = known = new Output(super.getOutputStream());
        }
        return known;
    }

    /** Used by one thread at a time, as any stream. */
    private static final class Output extends OutputStream {
        private final OutputStream out;
        private byte @Nullable [] buffer;
        private int length;

        Output(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            byte[] held = buffer;
            if (held == null) {
                if (count < SEGMENT) {
                    out.write(bytes, offset, count); // a short request, whole
                    return;
                }
                byte[] free = BUFFERS.poll();
                buffer = held = free == null ? new byte[BUFFER] : free;
            }
            for (int at = 0; at < count; ) {
                int piece = Math.min(count - at, held.length - length);
                System.arraycopy(bytes, offset + at, held, length, piece);
                at += piece;
                length += piece;
                if (length == held.length) {
                    writeBuffer(held);
                }
            }
        }

        private void writeBuffer(byte[] held) throws IOException {
            int count = length;
            length = 0;
            out.write(held, 0, count);
        }

        @Override
        public void flush() throws IOException {
            byte[] held = buffer;
            if (held != null) {
                buffer = null;
                writeBuffer(held);
                BUFFERS.offer(held);
            }
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
