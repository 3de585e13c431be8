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
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * The server of all contestants, in a process of its own: one thread, answers that are ready before they are asked for, so that it
 * is not what is measured. Prints its port; ends with its standard input. The first part of the path says what is wanted:
 *
 * <ul>
 *   <li>{@code /answer/…} a whole answer
 *   <li>{@code /events/N/…} a stream of N pieces of text, as fast as it is read
 *   <li>{@code /slow/N/MILLIS/…} the same with a pause before each piece
 *   <li>{@code /faults/…} a whole answer four times of five, else an error or a broken connection in turn
 *   <li>{@code /cpu} how much processor time this process has used, in nanoseconds
 * </ul>
 */
public final class Server {

    private final Selector selector = Selector.open();
    private final PriorityQueue<Slow> slow = new PriorityQueue<>(Comparator.comparingLong(one -> one.due));
    private final Replies replies = new Replies();
    private long faults;

    private Server() throws IOException {}

    /** Starts it. */
    public static void main(String[] arguments) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8192);
        socket.configureBlocking(false);
        System.out.println(((InetSocketAddress) socket.getLocalAddress()).getPort());
        Thread end = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // nothing is said to it
                }
            } catch (IOException e) {
                // the same
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
            default -> throw new IOException("no such path: " + path);
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** A stream with pauses in it. */
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
                // it is gone
            }
        }
    }
}
