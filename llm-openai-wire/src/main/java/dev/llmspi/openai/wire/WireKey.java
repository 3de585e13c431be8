package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.Credential;
import java.util.Objects;

/**
 * A key and the header it travels in.
 *
 * @param header the name of the header
 * @param prefix what stands before the key, such as {@code "Bearer "}; may be empty
 * @param credential where the key comes from
 */
public record WireKey(String header, String prefix, Credential credential) {

    public WireKey {
        Objects.requireNonNull(header, "header");
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(credential, "credential");
    }

    /** {@code Authorization: Bearer …} */
    public static WireKey bearer(Credential credential) {
        return new WireKey("Authorization", "Bearer ", credential);
    }

    @Override
    public String toString() {
        return "WireKey[" + header + ": ***]";
    }
}
