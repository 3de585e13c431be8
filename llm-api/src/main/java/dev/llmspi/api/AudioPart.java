package dev.llmspi.api;

import java.util.Base64;
import java.util.Objects;

/**
 * An audio recording in a user message.
 *
 * @param base64 the audio data, encoded in Base64
 * @param format the audio format, such as {@code wav} or {@code mp3}
 */
public record AudioPart(String base64, String format) implements ContentPart {

    public AudioPart {
        Objects.requireNonNull(base64, "base64");
        Objects.requireNonNull(format, "format");
    }

    public static AudioPart of(byte[] bytes, String format) {
        return new AudioPart(Base64.getEncoder().encodeToString(bytes), format);
    }

    /** Returns a description that omits the audio data. */
    @Override
    public String toString() {
        return "AudioPart[" + format + ", " + base64.length() + " chars]";
    }
}
