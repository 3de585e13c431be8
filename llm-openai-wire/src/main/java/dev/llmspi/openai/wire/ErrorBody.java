package dev.llmspi.openai.wire;

import dev.llmspi.openai.wire.error.EmbeddedJson;
import dev.llmspi.openai.wire.error.ErrorFacts;
import dev.llmspi.openai.wire.error.ErrorRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the error object, the message and the code in the various error formats of servers. */
final class ErrorBody {

    private static final int RAW_LIMIT = 300;
    /** The number of bytes at the end of an error event that are searched for the error. */
    private static final int SEARCHED_TAIL = 8 * 1024;

    /** The headers in which AWS and Azure send an error code. */
    private static final List<String> CODE_HEADERS = List.of("x-amzn-errortype", "x-ms-error-code");

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

    /** The maximum nesting depth of JSON inside messages. */
    private static final int SHOWN_DEPTH = 3;

    private final JsonObject body;
    private final JsonObject error;
    /** The whole body as a JSON value, or as text if it is not JSON. */
    private final @Nullable Object whole;
    /** The message and the JSON inside it. Like {@code message}, it is computed when it is first needed. */
    private @Nullable EmbeddedJson quoted;

    private @Nullable String message;

    private ErrorBody(@Nullable Object whole) {
        this.whole = whole;
        this.body = JsonObject.from(unwrapped(whole));
        this.error = error(body);
    }

    private static JsonObject error(JsonObject body) {
        Object error = body.value("error") == null ? body.value("errors") : body.value("error");
        return JsonObject.from(error instanceof List<?> errors && !errors.isEmpty() ? errors.get(0) : error);
    }

    /** Creates the error body from the bytes of a reply, which may have any format. */
    static ErrorBody of(byte[] bytes, JsonReader json) {
        JsonReader.Beginning read = json.beginning(bytes); // a large body may be truncated
        if (read != null) {
            ErrorBody body = new ErrorBody(read.value());
            if (read.isWhole() || !body.message().isEmpty() || body.code().isPresent()) {
                return body;
            }
        }
        return new ErrorBody(new String(bytes, StandardCharsets.UTF_8));
    }

    /** Creates the error body from an object inside a successful reply. */
    static ErrorBody of(JsonObject body) {
        return new ErrorBody(body.members());
    }

    /** Unwraps the error object. Google sends it in a list, which Portkey turns into an object with the key 0. */
    private static @Nullable Object unwrapped(@Nullable Object value) {
        if (value instanceof List<?> list && !list.isEmpty()) {
            return list.get(0);
        }
        JsonObject object = JsonObject.from(value);
        return object.value("error") == null && !object.object("0").isEmpty() ? object.value("0") : value;
    }

    /**
     * Extracts the error from the data of an error event. A server that fails while it writes an event may append the
     * error to the same event. In this case, the last line that is JSON is used, and the truncated chunk is not shown.
     */
    static byte[] lastLine(byte[] data, JsonReader json) {
        int cut = Math.max(0, data.length - SEARCHED_TAIL);
        String[] lines = new String(data, cut, data.length - cut, StandardCharsets.UTF_8).split("\n");
        if (cut == 0 && lines.length == 1 || !of(data, json).body().isEmpty()) {
            return data;
        }
        StringBuilder words = new StringBuilder();
        for (int i = lines.length - 1; i >= (cut == 0 ? 0 : 1); i--) { // the first line of a tail may be truncated
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
     * Whether an object without choices reports an error, either in a member {@code error} or in its own members, as in
     * {@code {"message":"Rate limit reached","code":429}}. A message without an error code is only a notice.
     */
    boolean isError() {
        if (ResponseDecoder.isError(body.value("error")) || !body.list("errors").isEmpty()) {
            return true;
        }
        if (isErrorWord("object") || isErrorWord("type") || body.text("detail").isPresent()) {
            return true;
        }
        if (body.object("base_resp").count("status_code").orElse(0) > 0) { // the error format of MiniMax
            return true;
        }
        if (!body.object("Response").object("Error").isEmpty()) { // the error format of Tencent Cloud
            return true;
        }
        boolean failed = Boolean.FALSE.equals(body.value("success"));
        return first(MESSAGES).isPresent() && (failed || CODES.stream().anyMatch(this::saysError));
    }

    private boolean isErrorWord(String name) {
        return body.text(name).filter("error"::equalsIgnoreCase).isPresent();
    }

    /**
     * Whether a status or code reports an error. An unknown code reports an error if its member's name starts with
     * {@code err}.
     */
    private boolean saysError(String name) {
        String code = body.text(name).orElse("").toLowerCase(Locale.ROOT);
        boolean own = name.startsWith("err") && !code.isEmpty() && !code.equals("0");
        return own
                || code.matches("[45]\\d\\d")
                || code.contains("error")
                || code.contains("exception")
                || code.startsWith("fail")
                || ErrorRules.standard().ofCode(code).isPresent();
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

    /** Returns the codes, texts and members from which the kind of the error can be determined. */
    ErrorFacts facts(WireReply reply, Redactor redactor) {
        List<String> codes = new ArrayList<>(0);
        for (String header : CODE_HEADERS) {
            reply.header(header).ifPresent(codes::add);
        }
        String code = code().orElse("");
        String requestId = reply.requestId().orElse("");
        return ErrorFacts.of(
                reply.status(),
                codes,
                whole,
                JsonReader.STANDARD,
                texts -> redactor.withoutRequest(texts, message(), code, requestId));
    }

    /** Returns the server's message; {@code ""} if there is none. JSON inside it is replaced by that JSON's message. */
    String message() {
        String known = message;
        if (known == null) {
            message = known = message(SHOWN_DEPTH);
        }
        return known;
    }

    private String message(int depth) {
        if (depth == 0 || quoted().values().isEmpty()) {
            return ownMessage();
        }
        StringBuilder shown = new StringBuilder(quoted().words().strip());
        for (Object value : quoted().values()) {
            String inner = new ErrorBody(value).message(depth - 1);
            shown.append(shown.isEmpty() || inner.isEmpty() ? "" : " ").append(inner);
        }
        return shown.isEmpty() ? ownMessage() : shown.toString();
    }

    /** Returns the message, split into words and the JSON that a gateway quoted in it. */
    private EmbeddedJson quoted() {
        EmbeddedJson known = quoted;
        if (known == null) {
            quoted = known = EmbeddedJson.of(ownMessage(), JsonReader.STANDARD);
        }
        return known;
    }

    private String ownMessage() {
        return error.text("message")
                .or(() -> body.value("error") instanceof String ? body.text("error") : Optional.empty())
                .or(() -> first(MESSAGES))
                .or(() -> body.object("base_resp").text("status_msg"))
                .or(() -> body.object("data").text("message"))
                .or(() -> body.text("html-message").map(ErrorBody::readable))
                .or(() -> body.text("detail"))
                .or(this::firstDetail)
                .orElseGet(() -> whole instanceof String text ? readable(text) : "");
    }

    /** Returns only the text of the first problem, because FastAPI lists each problem with the rejected value. */
    private Optional<String> firstDetail() {
        Object detail = body.value("detail");
        JsonObject first = JsonObject.from(detail instanceof List<?> list && !list.isEmpty() ? list.get(0) : detail);
        return first.text("msg").or(() -> first.text("message")).or(() -> first.text("error"));
    }

    /** Returns the server's error code, which is a word or a number. */
    Optional<String> code() {
        return ownCode().or(this::quotedCode);
    }

    private Optional<String> quotedCode() {
        return quoted().values().stream()
                .map(value -> new ErrorBody(value).ownCode())
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> ownCode() {
        return error.text("code")
                .or(() -> body.object("data").text("errorCode"))
                .or(this::type)
                .or(() -> body.text("code"))
                .or(() -> error.isEmpty() ? body.text("error").filter(ErrorBody::isWord) : Optional.empty());
    }

    private Optional<String> type() {
        return error.text("type").or(() -> body.text("type"));
    }

    /** Returns the status in the body; 0 if there is none. Some servers send it without an error object. */
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

    /** Returns the HTTP status. If it reports success and the body contains a status, returns the latter. */
    int status(WireReply reply) {
        int named = status();
        return reply.status() >= 300 || named == 0 ? reply.status() : named;
    }

    private static boolean isWord(String text) {
        return text.chars().allMatch(c -> c == '_' || c == '-' || c >= 'a' && c <= 'z');
    }

    /** Returns the beginning of an HTML page without tags, which is enough to recognise its sender. */
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
