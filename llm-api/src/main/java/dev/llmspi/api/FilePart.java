package dev.llmspi.api;

import java.net.URI;
import java.util.Objects;

/**
 * A file in a user message, such as a PDF.
 *
 * @param filename the file name
 * @param url an https URL, or a data URI that contains the file
 */
public record FilePart(String filename, String url) implements ContentPart {

    public FilePart {
        Objects.requireNonNull(filename, "filename");
        Objects.requireNonNull(url, "url");
    }

    /** Returns a file that the provider fetches itself. */
    public static FilePart of(String filename, URI url) {
        return new FilePart(filename, url.toString());
    }

    /**
     * Returns a file that is sent with the request.
     *
     * @param mediaType the media type, such as {@code application/pdf}
     */
    public static FilePart of(String filename, byte[] bytes, String mediaType) {
        return new FilePart(filename, ImagePart.dataUri(bytes, mediaType));
    }

    /** Returns a description that omits the file's content. */
    @Override
    public String toString() {
        return "FilePart[" + url.length() + " chars]";
    }
}
