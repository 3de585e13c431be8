package dev.llmspi.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * The server for all contestants, in a process of its own. It has one thread and prepared answers, so that its cost
 * does not distort the measurement. It also starts a {@link TlsServer}. It prints the ports of both, and exits when its
 * standard input is closed. The first segment of the path selects the reply:
 *
 * <ul>
 *   <li>{@code /answer/…} a complete answer
 *   <li>{@code /events/N/…} a stream of N pieces of text, sent as fast as the client reads it
 *   <li>{@code /slow/N/MILLIS/…} the same stream with a pause of MILLIS milliseconds before each piece
 *   <li>{@code /faults/…} a complete answer for four of five requests. The fifth gets a broken connection or one
 *       of two errors, in rotation
 *   <li>{@code /cpu} the CPU time of this process, in nanoseconds
 * </ul>
 */
public final class Server {

    private final Selector selector = Selector.open();
    private final PriorityQueue<Slow> slow = new PriorityQueue<>(Comparator.comparingLong(one -> one.due));
    private final Replies replies = new Replies();
    private long faults;

    private Server() throws IOException {}

    /**
     * Starts the server.
     *
     * @param arguments the key store of the TLS server
     */
    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8192);
        socket.configureBlocking(false);
        System.out.println(((InetSocketAddress) socket.getLocalAddress()).getPort());
        System.out.println(TlsServer.start(Path.of(arguments[0])));
        Thread end = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // the loop ignores all input, because it only detects the end of standard input
                }
            } catch (IOException e) {
                // an error means that standard input is closed
            }
            System.exit(0);
        });
        end.setDaemon(true);
        end.start();
        new Server().serve(socket);
    }

    private void serve(ServerSocketChannel socket) throws IOException {
        socket.register(selector, SelectionKey.OP_ACCEPT);
        while (true) {
            Slow first = slow.peek();
            long wait = first == null ? 0 : TimeUnit.NANOSECONDS.toMillis(first.due - System.nanoTime()) + 1;
            if (first == null || wait > 0) {
                selector.select(wait);
            } else {
                selector.selectNow();
            }
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isValid() && key.isAcceptable()) {
                    accept(socket);
                } else if (key.isValid()) {
                    attend((Connection) key.attachment());
                }
            }
            selector.selectedKeys().clear();
            sendWhatIsDue();
        }
    }

    private void accept(ServerSocketChannel socket) throws IOException {
        for (SocketChannel channel = socket.accept(); channel != null; channel = socket.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Connection connection = new Connection(channel);
            connection.key = channel.register(selector, SelectionKey.OP_READ, connection);
        }
    }

    private void attend(Connection connection) {
        try {
            if (connection.key.isWritable()) {
                connection.flush();
            }
            if (connection.key.isReadable()) {
                connection.read();
            }
        } catch (IOException e) {
            connection.close();
        }
    }

    private void sendWhatIsDue() {
        long now = System.nanoTime();
        for (Slow one = slow.peek(); one != null && one.due - now <= 0; one = slow.peek()) {
            slow.poll();
            if (!one.connection.channel.isOpen()) {
                continue;
            }
            try {
                boolean last = one.left == 0;
                one.connection.send(last ? replies.lastEvents() : replies.event(one.sent++));
                if (!last) {
                    one.left--;
                    one.due += one.pauseNanos;
                    slow.add(one);
                }
            } catch (IOException e) {
                one.connection.close();
            }
        }
    }

    private void reply(Connection connection, String path) throws IOException {
        String[] parts = path.split("/");
        switch (parts[1]) {
            case "answer" -> connection.send(replies.answer());
            case "events" -> connection.send(replies.stream(Integer.parseInt(parts[2])));
            case "slow" -> {
                connection.send(replies.streamHead());
                slow.add(new Slow(connection, Integer.parseInt(parts[2]), Long.parseLong(parts[3])));
            }
            case "faults" -> {
                long turn = faults++;
                if (turn % 5 != 4) {
                    connection.send(replies.answer());
                } else if (turn / 5 % 3 == 0) {
                    connection.close();
                } else {
                    connection.send(replies.error());
                }
            }
            case "cpu" -> connection.send(replies.text(Long.toString(cpuNanos())));
            default -> throw new IOException("unknown path: " + path);
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** A stream with a pause before each piece. */
    private static final class Slow {
        private final Connection connection;
        private final long pauseNanos;
        private int left;
        private int sent;
        private long due;

        Slow(Connection connection, int pieces, long pauseMillis) {
            this.connection = connection;
            this.left = pieces;
            this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMillis);
            this.due = System.nanoTime() + pauseNanos;
        }
    }

    private final class Connection {
        private final SocketChannel channel;
        private final RequestReader requests = new RequestReader();
        private final Queue<ByteBuffer> unsent = new ArrayDeque<>(2);
        private SelectionKey key;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void read() throws IOException {
            while (true) {
                int count = channel.read(requests.room());
                if (count < 0) {
                    close();
                    return;
                }
                if (count == 0) {
                    return;
                }
                for (String path = requests.next(); path != null; path = requests.next()) {
                    reply(this, path);
                }
                if (!channel.isOpen()) {
                    return;
                }
            }
        }

        void send(ByteBuffer bytes) throws IOException {
            unsent.add(bytes);
            flush();
        }

        void flush() throws IOException {
            for (ByteBuffer next = unsent.peek(); next != null; next = unsent.peek()) {
                channel.write(next);
                if (next.hasRemaining()) {
                    key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    return;
                }
                unsent.poll();
            }
            key.interestOps(SelectionKey.OP_READ);
        }

        void close() {
            try {
                channel.close();
            } catch (IOException e) {
                // ignored, because the connection is already closed
            }
        }
    }
}
