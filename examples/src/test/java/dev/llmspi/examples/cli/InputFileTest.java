package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ResponseFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputFileTest {

    @TempDir
    Path folder;

    private Path file(String name, String content) throws Exception {
        return Files.write(folder.resolve(name), content.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void image_firstBytesDecideTheType() throws Exception {
        assertType("image/png", file("a.jpg", "\u0089PNG\r\n\u001a\nrest"));
        assertType("image/jpeg", file("b", "\u00ff\u00d8\u00ff\u00e0rest"));
        assertType("image/gif", file("c.txt", "GIF89arest"));
        assertType("image/webp", file("d.bin", "RIFF\u0001\u0002\u0003\u0004WEBPVP8 "));
    }

    @Test
    void image_address_isSentForTheProviderToFetch() {
        assertEquals(
                "https://example.com/a.png",
                InputFile.image("https://example.com/a.png").url());
        assertEquals(
                "HTTP://example.com/%C3%BC",
                InputFile.image("HTTP://example.com/\u00fc").url());
        assertEquals(
                "data:image/png;base64,AA==",
                InputFile.image("data:image/png;base64,AA==").url());
    }

    @Test
    void image_wrongAddress_errorNamesIt() {
        for (String address : new String[] {"https://", "https:/a.png", "https://a b/c.png", "data:text/plain,a"}) {
            String message = assertThrows(IllegalArgumentException.class, () -> InputFile.image(address))
                    .getMessage();
            assertTrue(message.contains("--image"), message);
        }
    }

    private static void assertType(String type, Path file) {
        String url = InputFile.image(file.toString()).url();
        assertTrue(url.startsWith("data:" + type + ";base64,"), url);
    }

    @Test
    void image_unusable_errorNamesTheFile() throws Exception {
        for (Path file : new Path[] {
            file("a.pdf", "%PDF"), file("b.png", ""), file("c.png", "text"), folder, folder.resolve("none.png")
        }) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> InputFile.image(file.toString()));
            assertTrue(refused.getMessage().contains("--image"), refused.getMessage());
            assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
        }
    }

    @Test
    void schema_isSentUnchangedWithoutByteOrderMark() throws Exception {
        Path file = Files.writeString(folder.resolve("answer.json"), "\ufeff {\"type\": \"object\"}\n");
        assertEquals(ResponseFormat.jsonSchema("answer", " {\"type\": \"object\"}\n"), InputFile.schema(file));
    }

    @Test
    void schema_unusable_errorNamesTheFile() throws Exception {
        for (Path file : new Path[] {
            file("a.json", "[]"), file("b.json", "{\u00ff"), file("c.json", "{\"type\": }"), folder.resolve("none.json")
        }) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> InputFile.schema(file));
            assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
        }
    }

    @Test
    void text_isDecodedWithoutByteOrderMark() throws Exception {
        Path file = Files.writeString(folder.resolve("a.md"), "\ufeffGr\u00fc\u00dfe\n");
        assertEquals("Gr\u00fc\u00dfe\n", InputFile.text("--file", file.toString()));
    }

    @Test
    void text_unusable_errorNamesTheFile() throws Exception {
        for (Path file : new Path[] {file("a.md", "\u00ff"), file("b.md", ""), folder, folder.resolve("none.md")}) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> InputFile.text("--file", file.toString()))
                    .getMessage();
            assertTrue(message.startsWith("--file: ") && message.contains(file.toString()), message);
        }
        Path image = file("c.md", "GIF89arest");
        String message = assertThrows(IllegalArgumentException.class, () -> InputFile.text("--file", image.toString()))
                .getMessage();
        assertTrue(message.contains(image + " is an image; send an image with --image FILE"), message);
    }

    @ParameterizedTest
    @CsvSource({"answer.json,answer", "my answer.schema.json,my_answer", "plain,plain", ".json,schema", "a.b.json,a_b"})
    void schemaName_isDerivedFromTheFileName(String file, String name) {
        assertEquals(name, InputFile.schemaName(Path.of("x", file)));
    }
}
