package dev.llmspi.api;

import java.util.Base64;
import java.util.Objects;

/**
 * Sound in a user message.
 *
 * @param base64 the bytes in base 64
 * @param format such as {@code wav} or {@code mp3}
 */
public record AudioPart(String base64, String format) implements ContentPart {

    public AudioPart {
        Objects.requireNonNull(base64, "base64");
        Objects.requireNonNull(format, "format");
    }

    public static AudioPart of(byte[] bytes, String format) {
        return new AudioPart(Base64.getEncoder().encodeToString(bytes), format);
    }

    /** Does not show the sound. */
    @Override
    public String toString() {
        return "AudioPart[" + format + ", " + base64.length() + " chars]";
    }
}
