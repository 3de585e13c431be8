package dev.llmspi.it.field;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llmspi.it.server.Connection;
import dev.llmspi.it.server.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * An answer as its bytes, to be sent in one piece or in several.
 *
 * @param contentType {@code none}: the header is left out
 * @param cut whether the connection closes behind the bytes, without the end that HTTP wants
 */
record CannedReply(int status, String contentType, String body, boolean cut) {

    private static final int CUTS = 3;

    /** A good answer, for a turn in which it does not matter. */
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

    /** The body in one piece. */
    Reply whole() {
        return pieces(List.of(body.getBytes(UTF_8)));
    }

    /** The body cut at random places, each piece written by itself. */
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
        String type = contentType.equals("none") ? "" : "Content-Type: " + contentType + "\r\n";
        byte[] head =
                ("HTTP/1.1 " + status + " Test\r\n" + type + "Transfer-Encoding: chunked\r\n\r\n").getBytes(US_ASCII);
        return connection -> send(connection, head, pieces);
    }

    private void send(Connection connection, byte[] head, List<byte[]> pieces) throws IOException {
        connection.write(head);
        for (byte[] piece : pieces) {
            if (piece.length > 0) { // a chunk without bytes would be the end
                connection.write(chunk(piece));
            }
        }
        if (cut) {
            connection.close();
        } else {
            connection.write("0\r\n\r\n".getBytes(US_ASCII));
        }
    }

    private static byte[] chunk(byte[] piece) {
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        framed.writeBytes((Integer.toHexString(piece.length) + "\r\n").getBytes(US_ASCII));
        framed.writeBytes(piece);
        framed.writeBytes("\r\n".getBytes(US_ASCII));
        return framed.toByteArray();
    }
}
