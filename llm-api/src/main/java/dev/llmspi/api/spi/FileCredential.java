package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** A key in a file; the file's time and size tell whether to read it again. */
final class FileCredential implements Credential {

    private record Read(FileTime modified, long size, Secret secret) {}

    private final Path path;
    private volatile @Nullable Read last;

    FileCredential(Path path) {
        this.path = path;
    }

    @Override
    public Secret secret(CallContext context) {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            Read known = last;
            if (known != null && known.modified.equals(now.lastModifiedTime()) && known.size == now.size()) {
                return known.secret;
            }
            return read(now);
        } catch (IOException e) {
            throw new UncheckedIOException("the key file " + path + " cannot be read", e);
        }
    }

    @Override
    public boolean renew(Secret rejected) {
        try {
            return !read(Files.readAttributes(path, BasicFileAttributes.class)).equals(rejected);
        } catch (IOException e) {
            return false;
        }
    }

    private Secret read(BasicFileAttributes attributes) throws IOException {
        Secret secret = Secret.of(Files.readString(path));
        last = new Read(attributes.lastModifiedTime(), attributes.size(), secret);
        return secret;
    }

    @Override
    public String toString() {
        return "Credential.file(" + path + ")";
    }
}
