package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the validator agrees with the JDK's strict decoder. */
class Utf8ValidatorTest {

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static boolean passes(byte[] bytes, int cut) {
        InputStream body = Utf8Validator.checked(new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                int most = pos < cut ? cut - pos : length;
                return super.read(target, offset, Math.min(length, most));
            }
        });
        try {
            body.readAllBytes();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c080",
                "c1bf",
                "e08080",
                "e09fbf",
                "f0808080",
                "f08fbfbf",
                "eda080",
                "edbfbf",
                "f4908080",
                "f5808080",
                "80",
                "bf",
                "c2",
                "e282",
                "f09f98",
                "c3c3",
                "e28228",
                "ff",
                "fe",
                "f8888080",
                "2fc0af"
            })
    void isValid_invalidBytes_isFalse(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertEquals(false, isUtf8(bytes));
        assertEquals(false, Utf8Validator.isValid(bytes, 0, bytes.length));
    }

    @Test
    void isValid_everyCharacter_isTrue() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x800 ? 1 : 37) {
            byte[] bytes = ("a" + Character.toString(c) + "b").getBytes(StandardCharsets.UTF_8);
            assertEquals(isUtf8(bytes), Utf8Validator.isValid(bytes, 0, bytes.length), Integer.toHexString(c));
            assertEquals(true, passes(bytes, 2), Integer.toHexString(c));
        }
    }

    @Test
    void isValid_randomBytes_agreesWithTheJdk() {
        long seed = Long.getLong("llmspi.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int[] lead = {'a', 0x80, 0xBF, 0x9F, 0xA0, 0xC0, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF4, 0xF5};
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(8)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : lead[random.nextInt(lead.length)]);
            }
            String shown = HexFormat.of().formatHex(bytes) + ", seed " + seed;
            assertEquals(isUtf8(bytes), Utf8Validator.isValid(bytes, 0, bytes.length), shown);
            if (isUtf8(bytes)) {
                assertEquals(true, passes(bytes, random.nextInt(8)), shown);
            }
        }
    }
}
