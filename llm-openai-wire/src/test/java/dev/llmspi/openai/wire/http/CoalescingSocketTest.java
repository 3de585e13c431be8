package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import org.junit.jupiter.api.Test;

/** Fewer writes, and the same bytes. */
class CoalescingSocketTest {

    private static final int SEGMENT = 8 * 1024;
    private static final int HEAD = 400;

    private final Queue<byte[]> buffers = new ArrayBlockingQueue<>(16);

    /** Notes what is written to it. */
    private static final class Written extends Socket {
        private final List<Integer> lengths = new ArrayList<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int failAt = Integer.MAX_VALUE;
        private int flushed;

        @Override
        public OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int b) {
                    throw new AssertionError("a byte alone");
                }

                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    if (lengths.size() == failAt) {
                        throw new IOException("Broken pipe");
                    }
                    lengths.add(length);
                    bytes.write(from, offset, length);
                }

                @Override
                public void flush() {
                    flushed++;
                }
            };
        }
    }

    /** As OkHttp writes a long request: the head on its own, the body segment by segment. */
    private static byte[] write(OutputStream out, Random random, int length) throws IOException {
        byte[] request = new byte[length];
        random.nextBytes(request);
        out.write(request, 0, Math.min(HEAD, length));
        for (int at = HEAD; at < length; at += SEGMENT) {
            out.write(request, at, Math.min(SEGMENT, length - at));
        }
        return request;
    }

    @Test
    void longRequest_isWrittenInFewPieces() throws IOException {
        Written written = new Written();
        OutputStream out = new CoalescingSocket(written, buffers).getOutputStream();

        byte[] body = write(out, new Random(1), 200_000);
        out.flush();

        assertEquals(List.of(32_768, 32_768, 32_768, 32_768, 32_768, 32_768, 3_392), written.lengths);
        assertArrayEquals(body, written.bytes.toByteArray());
        assertEquals(1, written.flushed);
    }

    @Test
    void shortRequest_isWrittenInOnePiece() throws IOException {
        Written written = new Written();
        OutputStream out = new CoalescingSocket(written, buffers).getOutputStream();

        out.write(new byte[700], 0, 700);
        out.write('x');
        out.flush();
        out.flush();

        assertEquals(List.of(701), written.lengths);
        assertEquals(1, buffers.size(), "what is not written with is free");
    }

    @Test
    void requests_ofAnyLengthsOnAnyConnections_keepTheirBytes() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            Written one = new Written();
            Written other = new Written();
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            ByteArrayOutputStream expectedOfOther = new ByteArrayOutputStream();
            OutputStream first = new CoalescingSocket(one, buffers).getOutputStream();
            OutputStream second = new CoalescingSocket(other, buffers).getOutputStream();
            for (int j = 0; j < 20; j++) {
                expected.writeBytes(write(first, random, random.nextInt(5) == 0 ? 0 : random.nextInt(100_000)));
                expectedOfOther.writeBytes(write(second, random, random.nextInt(100_000)));
                if (random.nextBoolean()) {
                    second.flush();
                }
                first.flush();
                assertEquals(expected.size(), one.bytes.size(), "seed " + seed);
            }
            second.flush();
            assertArrayEquals(expected.toByteArray(), one.bytes.toByteArray(), "seed " + seed);
            assertArrayEquals(expectedOfOther.toByteArray(), other.bytes.toByteArray(), "seed " + seed);
        }
    }

    @Test
    void writeThatFails_isToldAndLeavesNothingForTheNextConnection() throws IOException {
        Written broken = new Written();
        broken.failAt = 1;
        OutputStream out = new CoalescingSocket(broken, buffers).getOutputStream();

        assertThrows(IOException.class, () -> write(out, new Random(1), 100_000));
        assertThrows(IOException.class, out::flush);

        Written next = new Written();
        OutputStream fresh = new CoalescingSocket(next, buffers).getOutputStream();
        byte[] body = write(fresh, new Random(2), 50_000);
        fresh.flush();
        assertArrayEquals(body, next.bytes.toByteArray());
    }

    @Test
    void everyMethodOfASocket_isOverridden() throws Exception {
        for (Method method : Socket.class.getMethods()) {
            if (method.getDeclaringClass() == Socket.class && !Modifier.isStatic(method.getModifiers())) {
                Method own = ForwardingSocket.class.getMethod(method.getName(), method.getParameterTypes());
                assertEquals(ForwardingSocket.class, own.getDeclaringClass(), method.getName());
            }
        }
    }

    /** What one says of itself the other says. */
    private static void assertAlike(Socket expected, Socket actual) throws Exception {
        for (Method method : Socket.class.getMethods()) {
            boolean asks =
                    method.getName().startsWith("get") || method.getName().startsWith("is");
            if (asks
                    && method.getParameterCount() == 0
                    && !method.getName().endsWith("Stream")
                    && method.getDeclaringClass() == Socket.class) {
                assertEquals(method.invoke(expected), method.invoke(actual), method.getName());
            }
        }
    }

    @Test
    void socketOfTheFactory_isThatOfItsChannel() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket socket =
                    new ChannelSocketFactory(false).createSocket(server.getInetAddress(), server.getLocalPort());
            SocketChannel channel = socket.getChannel();
            Socket plain = channel.socket();
            assertAlike(plain, socket);
            socket.setSoTimeout(1_234);
            socket.setKeepAlive(true);
            socket.setTcpNoDelay(false);
            socket.setSoLinger(true, 7);
            socket.setReuseAddress(!socket.getReuseAddress());
            socket.setSendBufferSize(50_000);
            socket.setOption(StandardSocketOptions.SO_RCVBUF, 65_536);
            assertAlike(plain, socket);
            assertEquals(1_234, plain.getSoTimeout());
            assertEquals(7, plain.getSoLinger());
            assertTrue(plain.getKeepAlive());

            assertEquals(CoalescingSocket.class, socket.getClass());
            assertEquals(server.getLocalPort(), socket.getPort());
            assertEquals(plain.getLocalPort(), socket.getLocalPort());
            assertEquals(plain.getRemoteSocketAddress(), socket.getRemoteSocketAddress());
            assertSame(socket.getOutputStream(), socket.getOutputStream());
            assertTrue(socket.isConnected() && socket.isBound() && !socket.isClosed());
            assertEquals(plain.toString(), socket.toString());
            socket.shutdownOutput();
            assertTrue(plain.isOutputShutdown() && socket.isOutputShutdown());
            assertFalse(socket.isInputShutdown());
            socket.close();
            assertTrue(plain.isClosed() && !channel.isOpen());
        }
        try (Socket below = new ChannelSocketFactory(true).createSocket()) {
            assertSame(below, below.getChannel().socket(), "below TLS nothing is held back");
        }
    }
}
