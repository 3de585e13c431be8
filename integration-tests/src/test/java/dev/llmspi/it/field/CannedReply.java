package dev.llmspi.it.field;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llmspi.it.server.Reply;
import dev.llmspi.testkit.loopback.HttpText;
import dev.llmspi.testkit.loopback.LoopbackConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * A response that can be sent in one piece or in several pieces.
 *
 * @param contentType the Content-Type, or {@code none} to omit the header
 * @param cut whether the connection closes after the last byte without a proper end of the HTTP response
 */
record CannedReply(int status, String contentType, String body, boolean cut) {

    private static final int CUTS = 3;

    /** Returns a valid answer. It is used if the content of an answer does not matter. */
    static CannedReply good(Mode mode, String text) {
        String message = "{\"role\":\"assistant\",\"content\":\"" + text + "\"}";
        return mode == Mode.WHOLE
                ? new CannedReply(
                        200,
                        "application/json",
                        "{\"choices\":[{\"index\":0,\"message\":" + message + ",\"finish_reason\":\"stop\"}]}",
                        false)
                : new CannedReply(
                        200,
                        "text/event-stream",
                        "data: {\"choices\":[{\"index\":0,\"delta\":" + message
                                + ",\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
                        false);
    }

    /** Returns a reply that sends the body in one piece. */
    Reply whole() {
        return pieces(List.of(body.getBytes(UTF_8)));
    }

    /** Returns a reply that splits the body at random places and sends each piece with a separate write. */
    Reply inPieces(Random random) {
        byte[] bytes = body.getBytes(UTF_8);
        TreeSet<Integer> places = new TreeSet<>();
        for (int i = 0; i < CUTS && bytes.length > 1; i++) {
            places.add(1 + random.nextInt(bytes.length - 1));
        }
        places.add(bytes.length);
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        for (int to : places) {
            pieces.add(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
        return pieces(pieces);
    }

    private Reply pieces(List<byte[]> pieces) {
        byte[] head = HttpText.chunkedHead(status, contentType.equals("none") ? "" : contentType);
        return connection -> send(connection, head, pieces);
    }

    private void send(LoopbackConnection connection, byte[] head, List<byte[]> pieces) throws IOException {
        connection.write(head);
        for (byte[] piece : pieces) {
            if (piece.length > 0) { // an empty chunk would end the body
                connection.write(HttpText.chunk(piece));
            }
        }
        if (cut) {
            connection.close();
        } else {
            connection.write(HttpText.lastChunk());
        }
    }
}
