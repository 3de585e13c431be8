package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests response bodies that are valid HTTP but have broken content. */
@Timeout(60)
class BrokenBodyTest extends BothHttpVersions {

    private static final Expected MALFORMED = Expected.error(ErrorKind.SERVICE)
            .reason(ErrorReason.MALFORMED_RESPONSE)
            .retried()
            .fallsBack();

    @Tag("fault-1.10")
    @ParameterizedTest
    @EnumSource
    void truncatedJson_isNoAnswer(Mode mode) {
        String half = "{\"choices\":[{\"message\":{\"content\":\"hello\"}";
        MALFORMED.check(mode, Reply.json(200, half));
        if (mode == Mode.STREAM) {
            MALFORMED.check(
                    mode,
                    StreamReply.chunked()
                            .event("{\"choices\":[{\"delta\":{\"content\":\"hel")
                            .done());
        }
    }

    @Tag("fault-1.11")
    @ParameterizedTest
    @EnumSource
    void invalidGzip_isNoAnswer(Mode mode) {
        MALFORMED.check(mode, Reply.json(200, "{\"this\":\"is no gzip\"}", "Content-Encoding: gzip"));
        MALFORMED.check(mode, Reply.json(200, "\u001f", "Content-Encoding: gzip"));
        if (mode == Mode.STREAM) {
            MALFORMED.check(
                    mode, Reply.of(200, "text/event-stream", "data: this is no gzip\n\n", "Content-Encoding: gzip"));
        }
    }

    /** The HTTP library ignores any bytes between the announced length and the end of the line. */
    @Tag("fault-1.8")
    @ParameterizedTest
    @EnumSource
    void chunkLongerThanItsSize_isNoAnswer(Mode mode) {
        byte[] bytes = """
                HTTP/1.1 200 OK\r
                Content-Type: application/json\r
                Transfer-Encoding: chunked\r
                \r
                5\r
                {"choices":[{"message":{"content":"hello"},"finish_reason":"stop"}]}\r
                0\r
                \r
                """.getBytes(US_ASCII);
        MALFORMED.check(mode, connection -> connection.write(bytes));
    }
}
