package dev.llmspi.openai.wire.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A decoded body, which tells its exchange each time a part of it has been decoded. */
final class DecodedBody extends FilterInputStream {

    private final Exchange exchange;

    DecodedBody(InputStream body, Exchange exchange) {
        super(body);
        this.exchange = exchange;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int read = in.read(bytes, offset, count);
        if (read > 0) {
            exchange.decoded(read);
        }
        return read;
    }
}
