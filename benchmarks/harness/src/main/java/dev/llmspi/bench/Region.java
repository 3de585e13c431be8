package dev.llmspi.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A generated part of a document, between {@code <!-- begin NAME -->} and {@code <!-- end NAME -->}. */
final class Region {

    private Region() {}

    static void replace(Path document, String name, String text) throws IOException {
        String whole = Files.readString(document, StandardCharsets.UTF_8);
        String begin = "<!-- begin " + name + " -->\n";
        String end = "<!-- end " + name + " -->";
        int from = whole.indexOf(begin);
        int to = whole.indexOf(end);
        if (from < 0 || to < from) {
            throw new IOException(document + " has no part \"" + name + "\"");
        }
        Files.writeString(document, whole.substring(0, from + begin.length()) + text + whole.substring(to));
    }
}
