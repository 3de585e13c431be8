package dev.llmspi.examples.cli;

import dev.llmspi.api.ImagePart;
import dev.llmspi.api.ResponseFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads files named on the command line. A file that cannot be used is a usage error whose message names the file. */
final class InputFile {

    private static final Map<String, String> BY_EXTENSION = Map.of(
            "png", "image/png", "jpg", "image/jpeg", "jpeg", "image/jpeg", "webp", "image/webp", "gif", "image/gif");

    private InputFile() {}

    static ImagePart image(Path file) {
        byte[] bytes = read("--image", file);
        String type = byFirstBytes(bytes)
                .or(() -> Optional.ofNullable(BY_EXTENSION.get(extension(file))))
                .orElseThrow(
                        () -> new IllegalArgumentException("--image: " + file + " is not a PNG, JPEG, WebP or GIF"));
        return ImagePart.of(bytes, type);
    }

    /** Reads a JSON Schema, which gets the name of the file. */
    static ResponseFormat schema(Path file) {
        byte[] bytes = read("--schema", file);
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("--schema: " + file + " is not UTF-8 text", e);
        }
        // Some editors write a byte-order mark, which JSON does not allow.
        text = text.startsWith("\ufeff") ? text.substring(1) : text;
        if (!text.strip().startsWith("{")) {
            throw new IllegalArgumentException("--schema: " + file + " is not a JSON object");
        }
        return ResponseFormat.jsonSchema(schemaName(file), text);
    }

    static String schemaName(Path file) {
        String name = fileName(file).replaceFirst("(\\.schema)?\\.[^.]*$", "").replaceAll("[^A-Za-z0-9_-]", "_");
        return name.isEmpty() ? "schema" : name.substring(0, Math.min(64, name.length()));
    }

    private static Optional<String> byFirstBytes(byte[] bytes) {
        String start = new String(bytes, 0, Math.min(12, bytes.length), StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u0089PNG\r\n\u001a\n")) {
            return Optional.of("image/png");
        }
        if (start.startsWith("\u00ff\u00d8\u00ff")) {
            return Optional.of("image/jpeg");
        }
        if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
            return Optional.of("image/gif");
        }
        return start.startsWith("RIFF") && start.endsWith("WEBP") ? Optional.of("image/webp") : Optional.empty();
    }

    private static byte[] read(String option, Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(option + ": file not found: " + file, e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(option + ": no permission to read " + file, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(option + ": cannot read " + file + ": " + e.getMessage(), e);
        }
        if (bytes.length == 0) {
            throw new IllegalArgumentException(option + ": " + file + " is empty");
        }
        return bytes;
    }

    private static String extension(Path file) {
        String name = fileName(file);
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }
}
