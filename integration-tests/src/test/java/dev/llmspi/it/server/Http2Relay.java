package dev.llmspi.it.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Passes one HTTP/2 stream to an HTTP/1.1 server: its frames are written there as they arrive, and the reply becomes
 * frames as it arrives. The stream's window opens only when the server has taken the bytes.
 */
final class Http2Relay {

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "http2-relay");
        thread.setDaemon(true);
        return thread;
    });
    private static final int LONGEST_HEAD = 64 * 1024;
    private static final Set<String> OF_THE_CONNECTION = Set.of("connection", "transfer-encoding", "keep-alive");

    /** A DATA frame. The window grows by its size as soon as the server has taken its bytes. */
    private record Data(byte[] bytes, int window, boolean last) {}

    private final ChannelHandlerContext context;
    private final Http2HeadersFrame head;
    private final int port;
    private final Runnable onEnd;
    private final BlockingQueue<Data> body = new LinkedBlockingQueue<>();
    private volatile boolean cancelled;
    private volatile Socket socket = new Socket();
    private volatile boolean headWritten;
    private int headLength;

    /** @param onEnd runs on the channel's thread before the last frame of the reply is sent */
    Http2Relay(ChannelHandlerContext context, Http2HeadersFrame head, int port, Runnable onEnd) {
        this.context = context;
        this.head = head;
        this.port = port;
        this.onEnd = onEnd;
    }

    void start() {
        THREADS.execute(this::exchange);
    }

    void received(byte[] bytes, int window, boolean last) {
        body.add(new Data(bytes, window, last));
    }

    /** Ends the exchange. The server sees the head of the request in any case, because the client has sent it. */
    void cancel() {
        cancelled = true;
        if (headWritten) {
            close();
        }
        body.add(new Data(new byte[0], 0, true));
    }

    private void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // The socket is of no use any more.
        }
    }

    private void exchange() {
        try {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            out.write(requestHead().getBytes(ISO_8859_1));
            headWritten = true;
            if (cancelled) {
                close();
            }
            THREADS.execute(this::sendBody);
            reply(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            end(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR).stream(head.stream()));
        } finally {
            close();
            body.add(new Data(new byte[0], 0, true));
        }
    }

    /** Sends the last frame of the stream, which no longer counts when the client receives it. */
    private void end(Http2Frame last) {
        context.executor().execute(() -> {
            onEnd.run();
            context.writeAndFlush(last);
        });
    }

    private String requestHead() {
        Http2Headers headers = head.headers();
        StringBuilder text = new StringBuilder();
        text.append(headers.method()).append(' ').append(headers.path()).append(" HTTP/1.1\r\n");
        text.append("Host: ").append(headers.authority()).append("\r\n");
        headers.forEach(header -> {
            if (header.getKey().charAt(0) != ':') {
                text.append(header.getKey())
                        .append(": ")
                        .append(header.getValue())
                        .append("\r\n");
            }
        });
        return text.append("\r\n").toString();
    }

    private void sendBody() {
        try {
            boolean last = head.isEndStream();
            while (!last) {
                Data data = body.take();
                socket.getOutputStream().write(data.bytes());
                last = data.last();
                if (!last) {
                    send(new DefaultHttp2WindowUpdateFrame(data.window()).stream(head.stream()));
                }
            }
        } catch (IOException | InterruptedException e) {
            // The server has gone or does not want the rest. Its reply decides how the stream ends.
        }
    }

    private void reply(InputStream in) throws IOException {
        Http2Headers headers = new DefaultHttp2Headers(false);
        do {
            headers.clear();
            readHead(in, headers);
        } while (headers.status().charAt(0) == '1'); // interim responses say nothing that a test needs
        boolean chunked = "chunked".contentEquals(header(headers, "transfer-encoding"));
        String length = header(headers, "content-length").toString();
        OF_THE_CONNECTION.forEach(headers::remove);
        send(new DefaultHttp2HeadersFrame(headers, false).stream(head.stream()));
        if (chunked) {
            for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
                relay(in, size);
                line(in);
            }
            line(in);
        } else if (length.isEmpty()) {
            relay(in, Long.MAX_VALUE);
        } else {
            relay(in, Long.parseLong(length));
        }
        end(data(new byte[0], 0, true));
    }

    private static CharSequence header(Http2Headers headers, String name) {
        CharSequence value = headers.get(name);
        return value == null ? "" : value;
    }

    private void readHead(InputStream in, Http2Headers headers) throws IOException {
        String[] status = line(in).split(" ", 3);
        if (!status[0].startsWith("HTTP/1.")
                || status.length < 2
                || !status[1].matches("\\d{3}")
                || status[1].equals("101")) {
            throw new ProtocolException("not a status that HTTP/2 knows");
        }
        headers.status(status[1]);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new ProtocolException("not a header");
            }
            headers.add(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        headLength = 0;
    }

    private static int chunkSize(String line) throws IOException {
        try {
            return Integer.parseUnsignedInt(line.split(";", 2)[0].strip(), 16);
        } catch (NumberFormatException e) {
            throw new ProtocolException("not the size of a chunk");
        }
    }

    private int chunkSize(InputStream in) throws IOException {
        headLength = 0;
        return chunkSize(line(in));
    }

    private String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || ++headLength > LONGEST_HEAD) {
                throw new EOFException("no end of the head");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(ISO_8859_1);
    }

    /** Passes on the given number of bytes. With the largest number, passes on all bytes until the connection ends. */
    private void relay(InputStream in, long length) throws IOException {
        byte[] piece = new byte[16 * 1024];
        for (long left = length; left > 0; ) {
            int count = in.read(piece, 0, (int) Math.min(left, piece.length));
            if (count < 0 && length < Long.MAX_VALUE) {
                throw new EOFException("the body is cut");
            }
            if (count < 0) {
                return;
            }
            left -= count;
            // The flow control delays this until the client has read what was sent before.
            if (!send(data(piece, count, false)).awaitUninterruptibly().isSuccess()) {
                throw new EOFException("the client has gone");
            }
        }
    }

    private Http2Frame data(byte[] bytes, int count, boolean last) {
        return new DefaultHttp2DataFrame(Unpooled.copiedBuffer(bytes, 0, count), last).stream(head.stream());
    }

    private ChannelFuture send(Http2Frame frame) {
        return context.writeAndFlush(frame);
    }
}
