package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.TimeSource;
import java.io.ByteArrayInputStream;
import java.util.List;

/** Decodes a whole answer from bytes without a network, like {@link StreamBytes} for streams. */
final class WholeBytes {

    private WholeBytes() {}

    static ChatResponse answer(byte[] body) {
        OpenAiDialect dialect = new OpenAiDialect() {};
        ErrorMapper errors = new ErrorMapper(dialect, TimeSource.system());
        ResponseDecoder decoder = new ResponseDecoder(dialect, errors, JsonReader.STANDARD);
        WireCall scope = new WireCall("local", "m", CallContext.create(), List.of());
        Redactor text = new Redactor(List.of(), List.of(), List.of());
        return decoder.decode(new WireReply(200, name -> List.of(), json(body)), scope, text);
    }

    private static JsonObject json(byte[] body) {
        try {
            return JsonObject.from(JsonReader.STANDARD.reply(new ByteArrayInputStream(body), body.length));
        } catch (JsonReader.MalformedJsonException e) {
            throw new AssertionError("the body is not JSON", e);
        }
    }
}
