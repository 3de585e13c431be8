package dev.llmspi.openai.wire;

import dev.llmspi.openai.wire.http.SseField;
import java.nio.charset.StandardCharsets;

/**
 * A body that was announced as an event stream but contained no event of an answer. Its bytes show whether it is a JSON
 * error, a whole answer, plain text or an HTML page.
 */
final class UnframedBody {

    private static final int SHOWN = 300;
    /** The maximum length, in characters, of a plain text that may be an error. */
    private static final int LONGEST_PLAIN_ERROR = 2 * 1024;

    private final boolean valid;
    /** The body without the comments and fields of an event stream. */
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

    /** Removes the lines that are comments or fields of an event stream. */
    private static String withoutComments(String text) {
        StringBuilder kept = new StringBuilder();
        for (String line : text.split("\r\n|\r|\n", -1)) { // other line separators are part of the text
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

    /** Returns the answer; empty unless the body consists of exactly one answer that is encoded in UTF-8. */
    JsonObject answer() {
        boolean error = ResponseDecoder.isError(body.body().value("error"));
        return error || !valid || body.body().list("choices").isEmpty() || !json.isOneReply(bytes)
                ? JsonObject.from(null)
                : body.body();
    }

    /** Whether the body reports an error, either as JSON or as a short plain text. */
    boolean isError(WireReply head, ErrorMapper errors, Redactor redactor) {
        boolean plain = body.body().isEmpty() && text.length() <= LONGEST_PLAIN_ERROR;
        return body.isError() || plain && errors.recognises(head, body, redactor);
    }

    /** Describes the body for an error message. */
    String what(Redactor redactor) {
        String message = body.body().isEmpty() ? ErrorBody.readable(text) : body.message();
        return "did not send an event stream" + (message.isEmpty() ? "" : ": " + redactor.shown(message, SHOWN));
    }
}
