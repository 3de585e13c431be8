package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a key from a file, and reads the file again when it changes. While the file cannot be used, the last key goes
 * on. A pipe or a device is read once, and again when its key is rejected. May block, so {@link GuardedCredential}
 * guards it.
 */
final class FileCredential implements Credential {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");
    private static final int LONGEST = 64 * 1024;

    /** File systems store the modification time in steps of up to two seconds. */
    private static final long TIME_STEP_MILLIS = 2_000;

    /** @param settled whether a later change of the file changes its modification time, too */
    private record Read(@Nullable Object file, FileTime modified, long size, boolean settled, Secret secret) {

        boolean isOf(BasicFileAttributes now) {
            return settled
                    && modified.equals(now.lastModifiedTime())
                    && size == now.size()
                    && Objects.equals(file, now.fileKey());
        }
    }

    private final Path path;
    /** Reads a pipe once for all callers on its own thread, because opening a pipe waits for its writer. */
    private final CachedCredential pipe;

    private volatile @Nullable Read last;
    private volatile boolean warned;

    FileCredential(Path path) {
        this.path = path;
        this.pipe = new CachedCredential(this::readContent, name(path));
    }

    static String name(Path path) {
        return "the key file " + path;
    }

    @Override
    public Secret secret(CallContext context) {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (now.isOther()) {
                return pipe.secret(context);
            }
            Read known = last;
            return known != null && known.isOf(now) ? known.secret : read(now);
        } catch (IOException e) {
            return lastKnown(new CredentialException(name(path) + problem(e), e));
        } catch (CredentialException e) {
            return lastKnown(e);
        }
    }

    /** Returns what makes the file useless at the moment. A pipe is not read, because it can be read only once. */
    Optional<String> problem() {
        try {
            boolean quoted =
                    !Files.readAttributes(path, BasicFileAttributes.class).isOther()
                            && CredentialSetting.isQuoted(readContent().reveal());
            return quoted
                    ? Optional.of("the key in " + path + " begins or ends with a quotation mark; "
                            + "remove it if it is not part of the key")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of(name(path) + problem(e));
        } catch (CredentialException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean renew(Secret rejected) {
        return renew(rejected, CallContext.create());
    }

    @Override
    public boolean renew(Secret rejected, CallContext context) {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return now.isOther() ? pipe.renew(rejected, context) : !read(now).equals(rejected);
        } catch (IOException | CredentialException e) {
            return false;
        }
    }

    @Override
    public Optional<Secret> known() {
        Read known = last;
        return known == null ? pipe.known() : Optional.of(known.secret);
    }

    private Secret read(BasicFileAttributes attributes) {
        long age = System.currentTimeMillis() - attributes.lastModifiedTime().toMillis();
        Secret secret = readContent();
        last = new Read(
                attributes.fileKey(), attributes.lastModifiedTime(), attributes.size(), age > TIME_STEP_MILLIS, secret);
        warned = false;
        return secret;
    }

    private Secret readContent() {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(LONGEST + 1);
            if (content.length > LONGEST) {
                throw new CredentialException(name(path) + " is larger than " + LONGEST / 1024 + " KiB");
            }
            return Secret.of(new String(content, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new CredentialException(name(path) + problem(e), e);
        } catch (IllegalArgumentException e) {
            throw new CredentialException(name(path) + " is not usable: " + e.getMessage(), e);
        }
    }

    private String problem(IOException e) {
        if (e instanceof NoSuchFileException) {
            return " does not exist" + (path.startsWith("~") ? "; write its path without ~" : "");
        }
        if (e instanceof AccessDeniedException) {
            return " may not be read by this process";
        }
        return Files.isDirectory(path)
                ? " is a directory"
                : " cannot be read (" + e.getClass().getSimpleName() + ")";
    }

    /** Returns the key that was read before, because a file that is being replaced may be empty or missing. */
    private Secret lastKnown(CredentialException problem) {
        Secret known = known().orElseThrow(() -> problem);
        if (!warned) {
            warned = true;
            LOG.log(Level.WARNING, problem.getMessage() + "; the key that was read before is used");
        }
        return known;
    }

    @Override
    public String toString() {
        return "Credential.file(" + path + ")";
    }
}
