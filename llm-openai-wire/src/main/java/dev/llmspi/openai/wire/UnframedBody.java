package dev.llmspi.openai.wire;

import dev.llmspi.openai.wire.http.SseField;
import java.nio.charset.StandardCharsets;

/**
 * A body that was announced as a stream and held no event of an answer. It is classified by its bytes: an error in
 * JSON, a whole answer, plain text, or a page.
 */
final class UnframedBody {

    private static final int SHOWN = 300;

    private final boolean valid;
    /** Without comments and fields of a stream. */
    private final byte[] bytes;

    private final JsonReader json;
    private final ErrorBody body;
    private final String text;

    UnframedBody(byte[] bytes, JsonReader json) {
        this.json = json;
        this.valid = Utf8Validator.isValid(bytes, 0, bytes.length);
        this.text = withoutComments(new String(bytes, StandardCharsets.UTF_8));
        this.bytes = text.getBytes(StandardCharsets.UTF_8);
        this.body = ErrorBody.of(this.bytes, json);
    }

    /** Comments and fields of a stream say nothing about an answer. */
    private static String withoutComments(String text) {
        StringBuilder kept = new StringBuilder();
        for (String line : text.split("\r\n|\r|\n", -1)) { // other separators of lines are text
            if (!SseField.isStandardLine(line)) {
                kept.append(line).append('\n');
            }
        }
        return kept.toString().strip();
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    byte[] bytes() {
        return bytes;
    }

    /** The whole answer; empty if it is none, or not UTF-8, or if another one stands behind it. */
    JsonObject answer() {
        boolean error = ResponseDecoder.isError(body.body().value("error"));
        return error || !valid || body.body().list("choices").isEmpty() || !json.isOneReply(bytes)
                ? JsonObject.from(null)
                : body.body();
    }

    /** Whether it is JSON that says what went wrong. */
    boolean isError() {
        return body.isError();
    }

    /** Describes the body for the message of an error. */
    String what(ServerText shown) {
        String said = body.body().isEmpty() ? ErrorBody.readable(text) : body.message();
        return "did not send an event stream" + (said.isEmpty() ? "" : ": " + shown.shown(said, SHOWN));
    }
}
