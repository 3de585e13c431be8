package dev.llmspi.examples.cli;

import dev.llmspi.api.ImagePart;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.examples.show.JsonSyntax;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads files named on the command line. A file that cannot be used is a usage error whose message names the file. */
final class InputFile {

    private static final Pattern ADDRESS = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

    private InputFile() {}

    /** Returns the image in a file, or the image that a provider fetches from an address. */
    static ImagePart image(String source) {
        Matcher address = ADDRESS.matcher(source);
        String scheme = address.matches() ? address.group(1).toLowerCase(Locale.ROOT) : "file";
        return switch (scheme) {
            case "http", "https" -> ImagePart.of(webAddress(source));
            case "data" -> dataUri(source);
            default -> imageFile(source);
        };
    }

    private static ImagePart imageFile(String name) {
        byte[] bytes = read("--image", name);
        String type = imageType(bytes)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--image: " + name + " is not an image in one of the formats PNG, JPEG, WebP and GIF"));
        return ImagePart.of(bytes, type);
    }

    private static ImagePart dataUri(String uri) {
        if (!uri.startsWith("image/", "data:".length())) {
            throw new IllegalArgumentException(
                    "--image: the data URI contains no image; it must begin with data:image/");
        }
        return new ImagePart(uri, Optional.empty());
    }

    private static URI webAddress(String address) {
        try {
            URI uri = new URI(address);
            if (uri.getHost() != null) {
                return URI.create(uri.toASCIIString());
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "--image: not a valid address: " + address + " (" + e.getReason() + ")", e);
        }
        throw new IllegalArgumentException("--image: not a valid address: " + address + " (it names no server)");
    }

    /** Reads a JSON Schema, which gets the name of the file. */
    static ResponseFormat schema(Path file) {
        String text = text("--schema", file.toString());
        Optional<String> fault = JsonSyntax.faultInObject(text);
        if (fault.isPresent()) {
            throw new IllegalArgumentException("--schema: " + file + " is not a JSON object: " + fault.get());
        }
        return ResponseFormat.jsonSchema(schemaName(file), text);
    }

    /** Reads the text file that a word such as {@code @notes.md} names. */
    static String atWord(String word) {
        try {
            return text(word, word.substring(1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + "\n@FILE stands for the text of a file. To send the characters themselves, write @"
                            + word + ", or put -- before the prompt",
                    e);
        }
    }

    /**
     * Reads a text file.
     *
     * @param option the argument that names the file
     */
    static String text(String option, String file) {
        return decode(read(option, file), option + ": " + file);
    }

    /**
     * Decodes UTF-8 text. Some editors write a byte-order mark, which is left out.
     *
     * @param name the name of the file or input for the error message
     */
    static String decode(byte[] bytes, String name) {
        if (imageType(bytes).isPresent()) {
            throw new IllegalArgumentException(name + " is an image; send an image with --image FILE");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    name + " is not UTF-8 text; convert it first, for example with iconv -t UTF-8 -f ISO-8859-1", e);
        }
    }

    static String schemaName(Path file) {
        String name = String.valueOf(file.getFileName())
                .replaceFirst("(\\.schema)?\\.[^.]*$", "")
                .replaceAll("[^A-Za-z0-9_-]", "_");
        return name.isEmpty() ? "schema" : name.substring(0, Math.min(64, name.length()));
    }

    private static Optional<String> imageType(byte[] bytes) {
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

    private static byte[] read(String option, String file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(path(file));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(option + ": file not found: " + file, e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(option + ": no permission to read " + file, e);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(option + ": not a valid file name: " + file, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(option + ": cannot read " + file + ": " + e.getMessage(), e);
        }
        if (bytes.length == 0) {
            throw new IllegalArgumentException(option + ": " + file + " is empty");
        }
        return bytes;
    }

    /** Replaces a leading {@code ~/}, because a shell does not do so after {@code @}. */
    private static Path path(String file) {
        return file.startsWith("~/") ? Path.of(System.getProperty("user.home"), file.substring(2)) : Path.of(file);
    }
}
