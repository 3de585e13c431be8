package dev.llmspi.it.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A code block in the documentation.
 *
 * @param page the path of the page, such as {@code docs/client.md}
 * @param line the line on which the block begins
 * @param language the language of the block; empty if it names none
 * @param name the name of the file that the block is; empty for an excerpt
 */
record Snippet(String page, int line, String language, String name, String text) {

    static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..").normalize();
    private static final String FENCE = "```";

    /** Returns the blocks of all pages in the given languages. */
    static List<Snippet> in(String... languages) {
        return pages().stream()
                .flatMap(page -> of(page).stream())
                .filter(snippet -> List.of(languages).contains(snippet.language))
                .toList();
    }

    static List<Path> pages() {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> top = Files.list(ROOT)) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Snippet> of(Path file) {
        String page = ROOT.relativize(file).toString().replace('\\', '/');
        List<Snippet> found = new ArrayList<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(FENCE)) {
                String[] info = lines.get(i).substring(FENCE.length()).split(" ", 2);
                int begin = i + 1;
                do {
                    i++;
                } while (!lines.get(i).equals(FENCE));
                found.add(new Snippet(
                        page,
                        begin,
                        info[0],
                        info.length > 1 ? info[1] : "",
                        lines.subList(begin, i).stream().collect(Collectors.joining("\n", "", "\n"))));
            }
        }
        return found;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the text without indentation and blank lines, to compare it with files. */
    static String withoutIndentation(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining("\n"));
    }

    /** Returns whether a file of the example projects contains this block, which is then built with that project. */
    boolean isPartOfAnExample() {
        String wanted = withoutIndentation(text);
        try (Stream<Path> files = Files.walk(ROOT.resolve("examples"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(java|xml|conf|yml|properties)"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .anyMatch(file ->
                            withoutIndentation(String.join("\n", lines(file))).contains(wanted));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return page + ":" + line;
    }
}
