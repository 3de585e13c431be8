package dev.llmspi.openai.wire.http;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * A JSON body that OkHttp must not send a second time: being one-shot stops its silent resends after 408, 421 and 503.
 */
final class OneShotBody extends RequestBody {

    private final JsonBody json;
    private final Exchange exchange;

    OneShotBody(JsonBody json, Exchange exchange) {
        this.json = json;
        this.exchange = exchange;
    }

    /** The call this is the body of. */
    Exchange exchange() {
        return exchange;
    }

    /**
     * None: it stands among the headers, for OkHttp takes a type apart with regular expressions, which a start can do
     * without.
     */
    @Override
    public @Nullable MediaType contentType() {
        return null;
    }

    @Override
    public long contentLength() {
        return json.length();
    }

    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        json.writeTo(sink);
    }
}
