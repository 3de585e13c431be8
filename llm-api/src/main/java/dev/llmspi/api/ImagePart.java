package dev.llmspi.api;

import java.net.URI;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/**
 * An image in a user message.
 *
 * @param url where it is: https, or a data URI that holds it
 * @param detail how closely to look: {@code low}, {@code high} or {@code auto}; absent: the model's default
 */
public record ImagePart(String url, Optional<String> detail) implements ContentPart {

    public ImagePart {
        Objects.requireNonNull(url, "url");
        Objects.requireNonNull(detail, "detail");
    }

    /** An image the provider fetches itself. */
    public static ImagePart of(URI url) {
        return new ImagePart(url.toString(), Optional.empty());
    }

    /** An image sent along; its media type is such as {@code image/png}. */
    public static ImagePart of(byte[] bytes, String mediaType) {
        return new ImagePart(dataUri(bytes, mediaType), Optional.empty());
    }

    static String dataUri(byte[] bytes, String mediaType) {
        if (!mediaType.matches("[\\w.+-]+/[\\w.+-]+")) {
            throw new IllegalArgumentException("media type must be such as image/png, not \"" + mediaType + "\"");
        }
        return "data:" + mediaType + ";base64," + Base64.getEncoder().encodeToString(bytes);
    }

    /** Does not show the image. */
    @Override
    public String toString() {
        return "ImagePart[" + url.length() + " chars]";
    }
}
