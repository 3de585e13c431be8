package dev.llmspi.openai.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Truncates events and corrupts their bytes. */
final class BadBytes {

    /** Invalid UTF-8 sequences, and valid characters at the limits of UTF-8's ranges, in hexadecimal. */
    private static final String[] BYTES = {
        "C080",
        "C0AF",
        "C1BF",
        "E08080",
        "E09FBF",
        "F0808080",
        "F08FBFBF",
        "EDA080",
        "EDBFBF",
        "EDA0BDEDB880",
        "F4908080",
        "F5808080",
        "F888808080",
        "FF",
        "FE",
        "80",
        "BF",
        "C3",
        "E282",
        "F09F98",
        "EFBFBF",
        "EFBFBD",
        "F48FBFBF",
        "C280",
        "E0A080",
        "ED9FBF",
        "F0908080",
        "EFBBBF",
        "00",
        "1F",
        "7F"
    };

    /** Text that replaces the rest of an event or is inserted into it. */
    private static final String[] BROKEN = {
        "", "}", "{", "]", ",", "x", "{}", " {}", "\"", ":", "//", "null", "\u0000", "\uFEFF", "[]", "1"
    };

    private final Random random;

    BadBytes(Random random) {
        this.random = random;
    }

    /** Returns the data with one byte changed, or with additional bytes that may not be UTF-8. */
    byte[] changed(byte[] data, int textStart) {
        int at = random.nextInt(data.length);
        byte[] other = {(byte) (random.nextInt(8) == 0 ? random.nextInt(256) : ' ' + random.nextInt(95))};
        return switch (random.nextInt(4)) {
            case 0 -> spliced(data, at, at + 1, other);
            case 1 -> spliced(data, at, at, other);
            case 2 -> spliced(data, at, at + 1, new byte[0]);
            default -> {
                int within = Math.min(textStart + random.nextInt(3), data.length);
                int where = random.nextInt(3) == 0 ? at : within;
                yield spliced(data, where, where, sequence(BYTES[random.nextInt(BYTES.length)]));
            }
        };
    }

    private static byte[] sequence(String hex) {
        byte[] sequence = new byte[hex.length() / 2];
        for (int i = 0; i < sequence.length; i++) {
            sequence[i] = (byte) Integer.parseInt(hex, 2 * i, 2 * i + 2, 16);
        }
        return sequence;
    }

    /** Returns a random position at which to truncate: after a nested value, in the text, or at any byte. */
    int cut(byte[] data, int textStart) {
        int at = 1 + random.nextInt(data.length - 1);
        int kind = random.nextInt(3);
        if (kind == 1) {
            return Math.min(data.length - 1, textStart + 1);
        }
        while (kind == 0 && at < data.length - 1 && data[at - 1] != '}' && data[at - 1] != ']') {
            at++;
        }
        return at;
    }

    /**
     * Inserts unexpected text at the beginning or at the cut. At the cut, it may also replace the rest of the event.
     */
    byte[] spoilt(byte[] data, int cut) {
        byte[] between = BROKEN[random.nextInt(BROKEN.length)].getBytes(StandardCharsets.UTF_8);
        int at = random.nextInt(4) == 0 ? 0 : cut;
        return spliced(data, at, at > 0 && random.nextInt(3) == 0 ? data.length : at, between);
    }

    static byte[] spliced(byte[] data, int from, int to, byte[] between) {
        byte[] spliced = Arrays.copyOf(data, data.length - (to - from) + between.length);
        System.arraycopy(between, 0, spliced, from, between.length);
        System.arraycopy(data, to, spliced, from + between.length, data.length - to);
        return spliced;
    }
}
