package dev.llmspi.it.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.HashMap;
import java.util.Map;

/** A connection of a {@link Http2Front}. Used by the thread of its channel only. */
final class Http2FrontConnection extends ChannelInboundHandlerAdapter {

    private final Http2Front front;
    private final Map<Http2FrameStream, Http2Relay> streams = new HashMap<>();
    /** Streams to refuse later, with the bytes that have arrived. */
    private final Map<Http2FrameStream, Integer> unrefused = new HashMap<>();

    private int requests;

    Http2FrontConnection(Http2Front front) {
        this.front = front;
    }

    /**
     * Announces the limit of streams and the window of the connection. Netty does not know of them, because it would
     * treat the data of a stream that it refuses as a connection error.
     */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (front.announcedStreams() < Integer.MAX_VALUE) {
            context.writeAndFlush(frame(Http2FrameTypes.SETTINGS, 6)
                    .writeShort(Http2CodecUtil.SETTINGS_MAX_CONCURRENT_STREAMS)
                    .writeInt(front.announcedStreams()));
        }
        if (front.connectionWindow() > 0) {
            context.writeAndFlush(frame(Http2FrameTypes.WINDOW_UPDATE, 4).writeInt(front.connectionWindow()));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        try {
            if (frame instanceof Http2HeadersFrame head) {
                begun(context, head);
            } else if (frame instanceof Http2DataFrame data) {
                Http2Relay relay = streams.get(data.stream());
                if (unrefused.containsKey(data.stream())) {
                    refuseAtFullWindow(context, data);
                } else if (relay == null) {
                    int bytes = data.initialFlowControlledBytes();
                    context.write(new DefaultHttp2WindowUpdateFrame(bytes).stream(data.stream()));
                } else {
                    byte[] bytes = new byte[data.content().readableBytes()];
                    data.content().readBytes(bytes);
                    relay.received(bytes, data.initialFlowControlledBytes(), data.isEndStream());
                }
            } else if (frame instanceof Http2ResetFrame reset) {
                Http2Relay relay = streams.get(reset.stream());
                if (relay != null) {
                    relay.cancel();
                }
            }
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    private void begun(ChannelHandlerContext context, Http2HeadersFrame head) {
        if (requests >= front.requestsPerConnection()) {
            return; // the stream is above the last one of the GOAWAY
        }
        if (front.refuses(streams.size())) {
            if (front.refusesAtFullWindow()) {
                unrefused.put(head.stream(), 0);
            } else {
                refuse(context, head.stream());
            }
            return;
        }
        Http2Relay relay = new Http2Relay(context, head, front.upstreamPort(), () -> ended(context, head.stream()));
        streams.put(head.stream(), relay);
        relay.start();
        if (++requests == front.requestsPerConnection()) {
            // After Netty's own GOAWAY, the data of a later stream would be a connection error.
            context.writeAndFlush(frame(Http2FrameTypes.GO_AWAY, 8)
                    .writeInt(head.stream().id())
                    .writeInt((int) Http2Error.NO_ERROR.code()));
        }
    }

    private static void refuse(ChannelHandlerContext context, Http2FrameStream stream) {
        context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM).stream(stream));
    }

    /** Keeps the data, so the client may send no more than the connection's window. Netty returns it at the reset. */
    private void refuseAtFullWindow(ChannelHandlerContext context, Http2DataFrame data) {
        int bytes = unrefused.merge(data.stream(), data.initialFlowControlledBytes(), Integer::sum);
        if (bytes >= Http2CodecUtil.DEFAULT_WINDOW_SIZE) {
            unrefused.remove(data.stream());
            refuse(context, data.stream());
        }
    }

    /** Returns the beginning of a frame of the connection that bypasses Netty's codec. */
    private static ByteBuf frame(byte type, int length) {
        return Unpooled.buffer()
                .writeMedium(length)
                .writeByte(type)
                .writeByte(0)
                .writeInt(0);
    }

    private void ended(ChannelHandlerContext context, Http2FrameStream stream) {
        streams.remove(stream);
        if (streams.isEmpty() && requests >= front.requestsPerConnection()) {
            // Closing the socket at once would reset it and discard frames that the client has not read yet.
            context.executor()
                    .execute(() -> context.pipeline().get(SslHandler.class).closeOutbound());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        streams.values().forEach(Http2Relay::cancel);
    }

    /** A fault of one stream, such as one stream too many, ends that stream. Any other fault ends the connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof Http2FrameStreamException fault) {
            context.writeAndFlush(new DefaultHttp2ResetFrame(fault.error()).stream(fault.stream()));
        } else {
            context.close();
        }
    }
}
