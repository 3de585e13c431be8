package dev.llmspi.openai.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds error object, message and code in the envelopes servers use. */
final class ErrorBody {

    private static final int RAW_LIMIT = 300;
    /** How many bytes at the end of an error event are searched for the line that tells the error. */
    private static final int LOOKED_AT = 8 * 1024;

    private static final List<String> STATUS_NAMES =
            List.of("code", "http_status", "status", "status_code", "statusCode");
    private static final List<String> MESSAGES =
            List.of("message", "msg", "error_msg", "error_message", "errorMessage", "errmsg");
    private static final List<String> CODES = List.of(
            "code",
            "status",
            "status_code",
            "statusCode",
            "http_status",
            "errorCode",
            "error_code",
            "errcode",
            "errno",
            "type");

    private final JsonObject body;
    private final JsonObject error;
    private final String raw;

    private ErrorBody(JsonObject body, String raw) {
        this.body = body;
        this.error = error(body);
        this.raw = raw;
    }

    private static JsonObject error(JsonObject body) {
        if (body.value("error") instanceof List<?> errors && !errors.isEmpty()) {
            return JsonObject.from(errors.get(0));
        }
        List<JsonObject> errors = body.objects("errors");
        return body.value("error") == null && !errors.isEmpty() ? errors.get(0) : body.object("error");
    }

    /** Of a whole body, whatever it is. */
    static ErrorBody of(byte[] bytes, JsonReader json) {
        Object value;
        try {
            value = json.value(bytes);
        } catch (JsonReader.MalformedJsonException e) {
            return new ErrorBody(JsonObject.from(null), readable(new String(bytes, StandardCharsets.UTF_8)));
        }
        return new ErrorBody(JsonObject.from(unwrapped(value)), value instanceof String text ? text : "");
    }

    /** Of an error object found inside a success. */
    static ErrorBody of(JsonObject body) {
        return new ErrorBody(body, "");
    }

    /** Google sends a list of one; Portkey makes an object with the key 0 of it. */
    private static @Nullable Object unwrapped(@Nullable Object value) {
        if (value instanceof List<?> list && !list.isEmpty()) {
            return list.get(0);
        }
        JsonObject object = JsonObject.from(value);
        return object.value("error") == null && !object.object("0").isEmpty() ? object.value("0") : value;
    }

    /**
     * The error in the data of an event that is called one. A server that breaks off within an event may write the
     * error into the same one: then its last line that is JSON counts, and no half chunk is shown.
     */
    static byte[] lastLine(byte[] data, JsonReader json) {
        int cut = Math.max(0, data.length - LOOKED_AT);
        String[] lines = new String(data, cut, data.length - cut, StandardCharsets.UTF_8).split("\n");
        if (cut == 0 && lines.length == 1 || !of(data, json).body().isEmpty()) {
            return data;
        }
        StringBuilder words = new StringBuilder();
        for (int i = lines.length - 1; i >= (cut == 0 ? 0 : 1); i--) { // the first line of a tail may be half a line
            byte[] line = lines[i].getBytes(StandardCharsets.UTF_8);
            if (!of(line, json).body().isEmpty()) {
                return line;
            }
            if (!lines[i].stripLeading().startsWith("{")) {
                words.insert(0, lines[i] + ' ');
            }
        }
        return words.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Whether an object without choices reports an error, under {@code error} or in its own words:
     * {@code {"message":"Rate limit reached","code":429}}. A message with a status that is no error is a notice.
     */
    boolean isError() {
        if (ResponseDecoder.isError(body.value("error")) || !body.list("errors").isEmpty()) {
            return true;
        }
        if (isErrorWord("object") || isErrorWord("type") || body.text("detail").isPresent()) {
            return true;
        }
        if (body.object("base_resp").count("status_code").orElse(0) > 0) { // MiniMax
            return true;
        }
        boolean failed = Boolean.FALSE.equals(body.value("success"));
        return first(MESSAGES).isPresent() && (failed || CODES.stream().anyMatch(this::saysError));
    }

    private boolean isErrorWord(String name) {
        return body.text(name).filter("error"::equalsIgnoreCase).isPresent();
    }

    /** Whether a status or a code stands for an error. Codes of a server's own are errors where they are called so. */
    private boolean saysError(String name) {
        String code = body.text(name).orElse("").toLowerCase(Locale.ROOT);
        boolean own = name.startsWith("err") && !code.isEmpty() && !code.equals("0");
        return own
                || code.matches("[45]\\d\\d")
                || code.contains("error")
                || code.contains("exception")
                || code.startsWith("fail")
                || ErrorTable.byWord(code, 0) != null;
    }

    private Optional<String> first(List<String> names) {
        for (String name : names) {
            Optional<String> text = body.text(name);
            if (text.isPresent()) {
                return text;
            }
        }
        return Optional.empty();
    }

    JsonObject body() {
        return body;
    }

    JsonObject error() {
        return error;
    }

    /** What the server says; {@code ""} if nothing. */
    String message() {
        return error.text("message")
                .or(() -> body.value("error") instanceof String ? body.text("error") : Optional.empty())
                .or(() -> first(MESSAGES))
                .or(() -> body.object("base_resp").text("status_msg"))
                .or(() -> body.object("data").text("message"))
                .or(() -> body.text("html-message").map(ErrorBody::readable))
                .or(() -> body.text("detail"))
                .or(() -> Optional.ofNullable(body.value("detail")).map(Json::text))
                .orElse(raw);
    }

    /** The server's code: a word, or a number as text. */
    Optional<String> code() {
        return error.text("code")
                .or(() -> body.object("data").text("errorCode"))
                .or(this::type)
                .or(() -> body.text("code"))
                .or(() -> error.isEmpty() ? body.text("error").filter(ErrorBody::isWord) : Optional.empty());
    }

    /** The code beside the message of an error without an envelope; it says more than the type. */
    Optional<String> bareCode() {
        return error.isEmpty() ? body.text("code") : Optional.empty();
    }

    Optional<String> type() {
        return error.text("type").or(() -> body.text("type"));
    }

    /**
     * A status the body names; 0 if none. Some servers name it beside the message, without an error object around both.
     */
    int status() {
        JsonObject named = error.isEmpty() ? body : error;
        for (String name : STATUS_NAMES) {
            long number = named.count(name).orElse(0);
            if (number >= 400 && number < 600) {
                return (int) number;
            }
        }
        return 0;
    }

    /** The status that counts: of a success, the one the body names. */
    int status(WireReply reply) {
        int named = status();
        return reply.status() >= 300 || named == 0 ? reply.status() : named;
    }

    private static boolean isWord(String text) {
        return text.chars().allMatch(c -> c == '_' || c == '-' || c >= 'a' && c <= 'z');
    }

    /** A page without its tags, cut: enough to see who sent it. */
    static String readable(String text) {
        StringBuilder plain = new StringBuilder();
        boolean inTag = false;
        for (int i = 0; i < text.length() && plain.length() < RAW_LIMIT; i++) {
            char c = text.charAt(i);
            if (c == '<') {
                inTag = true;
            } else if (c == '>' && inTag) {
                inTag = false;
                plain.append(' ');
            } else if (!inTag) {
                plain.append(c == '\uFFFD' ? '?' : c);
            }
        }
        return plain.toString().strip();
    }
}
