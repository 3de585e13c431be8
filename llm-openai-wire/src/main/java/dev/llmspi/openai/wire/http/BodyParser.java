package dev.llmspi.openai.wire.http;

import java.io.InputStream;

/**
 * Makes something of a body while it comes in.
 *
 * @param <T> what is made of it
 * @param <X> that it cannot be made
 */
@FunctionalInterface
public interface BodyParser<T, X extends Exception> {

    /**
     * Reads as much as it needs; may throw anything of its own when reading fails.
     *
     * @param announced how many bytes there should be; negative if that is not known
     */
    T parse(InputStream body, long announced) throws X;
}
