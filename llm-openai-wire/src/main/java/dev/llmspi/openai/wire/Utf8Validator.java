package dev.llmspi.openai.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Checks that bytes are UTF-8 as defined by RFC 3629. Jackson's parsers also accept overlong forms and encoded
 * surrogates, which other readers of the same bytes reject or interpret differently.
 */
final class Utf8Validator {

    private int missing;
    private int lowest = 0x80;
    private int highest = 0xBF;

    /** Whether the bytes are valid UTF-8 and do not end in the middle of a character. */
    static boolean isValid(byte[] bytes, int offset, int length) {
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            if (bytes[i] < 0) {
                Utf8Validator validator = new Utf8Validator();
                return validator.accept(bytes, i, end - i) && validator.missing == 0;
            }
        }
        return true;
    }

    /** Returns a stream that throws an exception at the first byte that is not UTF-8. */
    static InputStream checked(InputStream body) {
        return new FilterInputStream(body) {
            private final Utf8Validator validator = new Utf8Validator();

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int count = super.read(bytes, offset, length);
                if (count > 0 && !validator.accept(bytes, offset, count)) {
                    throw new IOException();
                }
                return count;
            }
        };
    }

    /** Checks the next bytes. Returns false if they are invalid as a continuation of the previous bytes. */
    private boolean accept(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            int b = bytes[i] & 0xFF;
            if (missing > 0) {
                if (b < lowest || b > highest) {
                    return false;
                }
                missing--;
                expectAny();
            } else if (b >= 0x80 && !begin(b)) {
                return false;
            }
        }
        return true;
    }

    private void expectAny() {
        lowest = 0x80;
        highest = 0xBF;
    }

    /**
     * Checks the first byte of a multi-byte character, and restricts the second byte to exclude overlong forms and
     * surrogates.
     */
    private boolean begin(int b) {
        if (b >= 0xC2 && b <= 0xDF) {
            missing = 1;
        } else if (b >= 0xE0 && b <= 0xEF) {
            missing = 2;
            lowest = b == 0xE0 ? 0xA0 : 0x80;
            highest = b == 0xED ? 0x9F : 0xBF; // ED A0 and above would be surrogates
        } else if (b >= 0xF0 && b <= 0xF4) {
            missing = 3;
            lowest = b == 0xF0 ? 0x90 : 0x80;
            highest = b == 0xF4 ? 0x8F : 0xBF; // higher code points do not exist in Unicode
        } else {
            return false;
        }
        return true;
    }
}
