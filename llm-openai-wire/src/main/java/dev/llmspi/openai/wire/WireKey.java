package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.Credential;
import java.util.Objects;

/**
 * An API key and the header in which it is sent.
 *
 * @param header the name of the header
 * @param prefix the text before the key, such as {@code "Bearer "}; may be empty
 * @param credential the source of the key
 */
public record WireKey(String header, String prefix, Credential credential) {

    public WireKey {
        Objects.requireNonNull(header, "header");
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(credential, "credential");
    }

    /** Returns a key that is sent as {@code Authorization: Bearer …}. */
    public static WireKey bearer(Credential credential) {
        return new WireKey("Authorization", "Bearer ", credential);
    }

    @Override
    public String toString() {
        return "WireKey[" + header + ": ***]";
    }
}
