package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One way to read a server's text, such as with its escapes or Base64 decoded. It knows which part of the original text
 * each character comes from.
 */
final class TextReading {

    /** The number of times that a text is decoded. */
    private static final int DEEPEST = 4;
    /** The maximum length of all readings together, in characters. Further readings are left out. */
    private static final int MOST = 96 * 1024;

    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{20,}");
    private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{32,}");
    private static final String BASE64_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static final Pattern QUOTED_PRINTABLE = Pattern.compile("=(?=[0-9A-Fa-f]{2})");
    private static final Pattern LINE_NUMBER = Pattern.compile("(?m)^[\\s>|]{0,20}\\d{1,6}(?=[\\s:.|)\\]-])");
    /** Numbers of lines that were joined. A number before a dot may also be part of the prompt. */
    private static final List<Pattern> NUMBERS =
            List.of(Pattern.compile("(?<!\\S)\\d{1,6}(?=[:|)\\]])"), Pattern.compile("(?<!\\S)\\d{1,6}(?=[.])"));

    private final String text;
    private final int[] begins;
    private final int[] ends;

    private TextReading(String text, int[] begins, int[] ends) {
        this.text = text;
        this.begins = begins;
        this.ends = ends;
    }

    /** Returns the readings of a text. The first one is the text itself. */
    static List<TextReading> of(String text) {
        int[] begins = new int[text.length()];
        int[] ends = new int[text.length()];
        for (int i = 0; i < begins.length; i++) {
            begins[i] = i;
            ends[i] = i + 1;
        }
        List<TextReading> readings = new ArrayList<>();
        TextReading reading = new TextReading(text, begins, ends);
        for (int i = 0; i < DEEPEST && length(readings) < MOST; i++) {
            readings.add(reading);
            reading.addVariants(readings);
            TextReading decoded = reading.decoded();
            if (decoded.text.equals(reading.text)) {
                break;
            }
            reading = decoded;
        }
        return readings;
    }

    private static int length(List<TextReading> readings) {
        return readings.stream().mapToInt(reading -> reading.text.length()).sum();
    }

    String text() {
        return text;
    }

    /** Returns the index in the original text at which the character begins. */
    int begin(int i) {
        return begins[i];
    }

    /** Returns the index in the original text at which the character ends. */
    int end(int i) {
        return ends[i];
    }

    private void addVariants(List<TextReading> readings) {
        addDecoded(BASE64, 6, readings);
        addDecoded(HEX, 4, readings);
        if (text.indexOf('=') >= 0) {
            addReplaced(QUOTED_PRINTABLE, "%", readings);
        }
        addReplaced(LINE_NUMBER, " ", readings);
        NUMBERS.forEach(number -> addReplaced(number, " ", readings));
    }

    /** Adds the text with each match replaced by one character that is repeated. */
    private void addReplaced(Pattern pattern, String with, List<TextReading> readings) {
        Matcher matcher = pattern.matcher(text);
        if (matcher.find()) {
            String replaced =
                    matcher.replaceAll(match -> with.repeat(match.group().length()));
            TextReading reading = new TextReading(replaced, begins, ends);
            readings.add(reading);
            readings.add(reading.decoded());
        }
    }

    private TextReading decoded() {
        EscapeDecoder decoder = new EscapeDecoder();
        decoder.reset(text.toCharArray(), text.length());
        StringBuilder plain = new StringBuilder(text.length());
        int[] plainBegins = new int[text.length()];
        int[] plainEnds = new int[text.length()];
        for (int i = 0; i < text.length(); i = decoder.next()) {
            int from = plain.length();
            plain.appendCodePoint(decoder.read(i));
            Arrays.fill(plainBegins, from, plain.length(), begins[i]);
            Arrays.fill(plainEnds, from, plain.length(), ends[decoder.next() - 1]);
        }
        return new TextReading(plain.toString(), plainBegins, plainEnds);
    }

    /** Adds the text in each long run of digits, which may begin in the middle of a byte. */
    private void addDecoded(Pattern pattern, int bits, List<TextReading> readings) {
        for (Matcher matcher = pattern.matcher(text); matcher.find() && length(readings) < MOST; ) {
            for (int shift = 0; shift < (bits == 4 ? 2 : 4); shift++) {
                TextReading bytes = bytes(matcher.start() + shift, matcher.end(), bits);
                if (bytes.isText()) {
                    readings.add(bytes);
                    readings.add(bytes.decoded());
                }
            }
        }
    }

    /** Returns the bytes of Base64 or hexadecimal digits as characters. UTF-8 in them is decoded later. */
    private TextReading bytes(int from, int end, int bits) {
        StringBuilder bytes = new StringBuilder();
        int count = (end - from) * bits / 8;
        int[] byteBegins = new int[count];
        int[] byteEnds = new int[count];
        int value = 0;
        for (int i = from; i < end; i++) {
            value = value << bits | (bits == 4 ? Character.digit(text.charAt(i), 16) : base64(text.charAt(i)));
            int byteCount = (i + 1 - from) * bits / 8;
            if (byteCount > bytes.length()) {
                int unread = (i + 1 - from) * bits % 8;
                byteBegins[bytes.length()] = begins[from + bytes.length() * 8 / bits];
                byteEnds[bytes.length()] = ends[i];
                bytes.append((char) (value >> unread & 0xFF));
            }
        }
        return new TextReading(bytes.toString(), byteBegins, byteEnds);
    }

    private static int base64(char c) {
        return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : BASE64_DIGITS.indexOf(c);
    }

    private boolean isText() {
        long controls = text.chars()
                .filter(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t')
                .count();
        return controls * 50 <= text.length();
    }
}
