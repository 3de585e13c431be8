package dev.llmspi.openai.wire.http;

import java.io.InputStream;

/**
 * Parses a body while it is being received.
 *
 * @param <T> the type of the result
 * @param <X> the exception for a body that cannot be parsed
 */
@FunctionalInterface
public interface BodyParser<T, X extends Exception> {

    /**
     * Parses the body, and reads only as much of it as necessary. May throw any exception if reading fails.
     *
     * @param announced the number of bytes to expect; negative if it is unknown
     */
    T parse(InputStream body, long announced) throws X;
}
