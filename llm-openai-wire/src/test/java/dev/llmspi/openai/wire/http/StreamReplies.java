package dev.llmspi.openai.wire.http;

import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.FakeStream;

/** The pieces of a stream, and replies that send them. */
final class StreamReplies {

    static final String TEXT = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    static final String STOP = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    static final String USAGE = "data: {\"choices\":[],\"usage\":{\"total_tokens\":13}}\n\n";
    static final String DONE = "data: [DONE]\n\n";

    private StreamReplies() {}

    /** Returns a reply that streams these pieces and then stays open. */
    static FakeStream events(String... pieces) {
        FakeStream stream = FakeReply.events("x-request-id: r-1");
        for (String piece : pieces) {
            stream = stream.piece(TransportBench.bytes(piece));
        }
        return stream;
    }

    /** Returns a reply of this content type whose body ends when the connection is closed. */
    static FakeReply untilClose(String status, String type, String body) {
        byte[] reply = TransportBench.bytes("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\n\r\n" + body);
        return connection -> {
            connection.write(reply);
            connection.close();
        };
    }
}
