package dev.llmspi.api;

import java.net.URI;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/**
 * An image in a user message.
 *
 * @param url an https URL, or a data URI that contains the image
 * @param detail the level of detail, which is {@code low}, {@code high} or {@code auto}; empty for the model's default
 */
public record ImagePart(String url, Optional<String> detail) implements ContentPart {

    public ImagePart {
        Objects.requireNonNull(url, "url");
        Objects.requireNonNull(detail, "detail");
    }

    /** Returns an image that the provider fetches itself. */
    public static ImagePart of(URI url) {
        return new ImagePart(url.toString(), Optional.empty());
    }

    /**
     * Returns an image that is sent with the request.
     *
     * @param mediaType the media type, such as {@code image/png}
     */
    public static ImagePart of(byte[] bytes, String mediaType) {
        return new ImagePart(dataUri(bytes, mediaType), Optional.empty());
    }

    static String dataUri(byte[] bytes, String mediaType) {
        if (!mediaType.matches("[\\w.+-]+/[\\w.+-]+")) {
            throw new IllegalArgumentException("media type must look like image/png, not \"" + mediaType + "\"");
        }
        return "data:" + mediaType + ";base64," + Base64.getEncoder().encodeToString(bytes);
    }

    /** Returns a description that omits the image data. */
    @Override
    public String toString() {
        return "ImagePart[" + url.length() + " chars]";
    }
}
