package dev.llmspi.api.spi;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads a credential from a configuration block. A key file that cannot be used yet is logged when the block is read,
 * because a wrong path would otherwise show only in the first call.
 */
final class CredentialSetting {

    private final ConfigBlock block;
    private final String key;

    CredentialSetting(ConfigBlock block, String key) {
        this.block = block;
        this.key = key;
    }

    Optional<Credential> read(Object value) {
        if (value instanceof Credential given) {
            return Optional.of(checked(
                    GuardedCredential.guard(given, block.path(key) + " (" + GuardedCredential.name(given) + ")")));
        }
        if (value instanceof Map<?, ?> map && map.size() == 1 && map.get("file") instanceof String file) {
            return file(file);
        }
        if (!ConfigBlock.isScalar(value)) {
            block.fault(key, "must be a text or { file = \"/path\" }");
            return Optional.empty();
        }
        return value.toString().isBlank() ? Optional.empty() : text(value.toString());
    }

    private Optional<Credential> text(String text) {
        try {
            return Optional.of(Credential.of(text));
        } catch (IllegalArgumentException e) {
            block.fault(key, Objects.requireNonNull(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<Credential> file(String name) {
        try {
            return Optional.of(checked(Credential.file(Path.of(name))));
        } catch (InvalidPathException e) {
            block.fault(key, "names a file whose path is not valid");
            return Optional.empty();
        }
    }

    private Credential checked(Credential credential) {
        if (credential instanceof GuardedCredential guarded) {
            guarded.problem().ifPresent(problem -> block.warn(key, problem));
        }
        return credential;
    }

    /** Whether a text begins or ends with a quotation mark, which is then part of the value. */
    static boolean isQuoted(String text) {
        String value = text.strip();
        return !value.isEmpty() && (isQuote(value.charAt(0)) || isQuote(value.charAt(value.length() - 1)));
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }
}
