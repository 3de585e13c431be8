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
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Fewer writes, and the same bytes. */
class CoalescingSocketTest {

    private static final int SEGMENT = 8 * 1024;

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

    private static byte[] write(OutputStream out, Random random, int length) throws IOException {
        byte[] body = new byte[length];
        random.nextBytes(body);
        for (int at = 0; at < length; at += SEGMENT) {
            out.write(body, at, Math.min(SEGMENT, length - at));
        }
        return body;
    }

    @Test
    void longRequest_isWrittenInFewPieces() throws IOException {
        Written written = new Written();
        OutputStream out = new CoalescingSocket(written).getOutputStream();

        byte[] body = write(out, new Random(1), 200_000);
        out.flush();

        assertEquals(List.of(32_768, 32_768, 32_768, 32_768, 32_768, 32_768, 3_392), written.lengths);
        assertArrayEquals(body, written.bytes.toByteArray());
        assertEquals(1, written.flushed);
    }

    @Test
    void shortRequest_isWrittenAtOnce() throws IOException {
        Written written = new Written();
        OutputStream out = new CoalescingSocket(written).getOutputStream();

        out.write(new byte[700], 0, 700);

        assertEquals(List.of(700), written.lengths, "before anybody flushes");
        out.write('x');
        assertEquals(List.of(700, 1), written.lengths);
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
            OutputStream first = new CoalescingSocket(one).getOutputStream();
            OutputStream second = new CoalescingSocket(other).getOutputStream();
            for (int j = 0; j < 20; j++) {
                expected.writeBytes(write(first, random, random.nextInt(5) == 0 ? 0 : random.nextInt(100_000)));
                write(second, random, random.nextInt(100_000));
                if (random.nextBoolean()) {
                    second.flush();
                }
                first.flush();
                assertEquals(expected.size(), one.bytes.size(), "seed " + seed);
            }
            assertArrayEquals(expected.toByteArray(), one.bytes.toByteArray(), "seed " + seed);
        }
    }

    @Test
    void writeThatFails_isToldAndLeavesNothingForTheNextConnection() throws IOException {
        Written broken = new Written();
        broken.failAt = 1;
        OutputStream out = new CoalescingSocket(broken).getOutputStream();

        assertThrows(IOException.class, () -> write(out, new Random(1), 100_000));
        assertThrows(IOException.class, out::flush);

        Written next = new Written();
        OutputStream fresh = new CoalescingSocket(next).getOutputStream();
        byte[] body = write(fresh, new Random(2), 50_000);
        fresh.flush();
        assertArrayEquals(body, next.bytes.toByteArray());
    }

    @Test
    void everyMethodOfASocket_isForwarded() {
        for (Method method : Socket.class.getMethods()) {
            if (method.getDeclaringClass() == Socket.class && !Modifier.isStatic(method.getModifiers())) {
                Method own = assertDeclared(method);
                assertTrue(Modifier.isPublic(own.getModifiers()));
            }
        }
    }

    private static Method assertDeclared(Method method) {
        try {
            return ForwardingSocket.class.getDeclaredMethod(method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException e) {
            throw new AssertionError("not forwarded: " + method, e);
        }
    }

    @Test
    void socketOfTheFactory_isThatOfItsChannel() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket socket = new ChannelSocketFactory(false)
                    .createSocket(server.getInetAddress(), server.getLocalPort());
            SocketChannel channel = socket.getChannel();
            Socket plain = channel.socket();
            socket.setSoTimeout(1_234);
            socket.setKeepAlive(true);
            socket.setOption(StandardSocketOptions.SO_RCVBUF, 65_536);

            assertEquals(CoalescingSocket.class, socket.getClass());
            assertTrue(socket.getTcpNoDelay());
            assertEquals(server.getLocalPort(), socket.getPort());
            assertEquals(plain.getLocalPort(), socket.getLocalPort());
            assertEquals(plain.getRemoteSocketAddress(), socket.getRemoteSocketAddress());
            assertEquals(1_234, plain.getSoTimeout());
            assertEquals(1_234, socket.getSoTimeout());
            assertTrue(plain.getKeepAlive());
            assertEquals(plain.getReceiveBufferSize(), socket.getReceiveBufferSize());
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
