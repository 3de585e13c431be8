package dev.llmspi.api;

import java.net.URI;
import java.util.Objects;

/**
 * A file in a user message, such as a PDF.
 *
 * @param filename its name
 * @param url where it is: https, or a data URI that holds it
 */
public record FilePart(String filename, String url) implements ContentPart {

    public FilePart {
        Objects.requireNonNull(filename, "filename");
        Objects.requireNonNull(url, "url");
    }

    /** A file the provider fetches itself. */
    public static FilePart of(String filename, URI url) {
        return new FilePart(filename, url.toString());
    }

    /** A file sent along; its media type is such as {@code application/pdf}. */
    public static FilePart of(String filename, byte[] bytes, String mediaType) {
        return new FilePart(filename, ImagePart.dataUri(bytes, mediaType));
    }

    /** Does not show the file. */
    @Override
    public String toString() {
        return "FilePart[" + url.length() + " chars]";
    }
}
