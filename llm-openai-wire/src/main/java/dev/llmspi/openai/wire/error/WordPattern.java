package dev.llmspi.openai.wire.error;

import dev.llmspi.openai.wire.error.PhraseIndex.Match;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A pattern for the words of one sentence. It consists of groups that are separated by {@code &}, or by {@code >} if
 * the second group must follow the first. A group consists of alternatives that are separated by commas. The pattern
 * does not match a sentence that contains a phrase from {@code but}.
 */
record WordPattern(List<Group> groups, List<Phrase> but) {

    /** A group of alternative phrases. If {@code following} is true, one of them must follow the previous group. */
    record Group(List<Phrase> phrases, boolean following) {}

    /** The first and the last position of a group's phrases in a sentence. */
    private record Span(int first, int last) {}

    static WordPattern of(String written, String but) {
        List<Group> groups = new ArrayList<>();
        boolean following = false;
        int start = 0;
        for (int i = 0; i <= written.length(); i++) {
            if (i == written.length() || written.charAt(i) == '&' || written.charAt(i) == '>') {
                groups.add(new Group(phrases(written.substring(start, i)), following));
                following = i < written.length() && written.charAt(i) == '>';
                start = i + 1;
            }
        }
        return new WordPattern(List.copyOf(groups), but.isBlank() ? List.of() : phrases(but));
    }

    private static List<Phrase> phrases(String written) {
        List<Phrase> phrases = new ArrayList<>();
        for (String one : written.split(",")) {
            if (!one.isBlank()) {
                phrases.add(Phrase.of(one));
            }
        }
        if (phrases.isEmpty()) {
            throw new IllegalArgumentException("an empty group of words in \"" + written + "\"");
        }
        return List.copyOf(phrases);
    }

    /** Returns all phrases of the pattern. */
    List<Phrase> allPhrases() {
        List<Phrase> all = new ArrayList<>(but);
        groups.forEach(group -> all.addAll(group.phrases()));
        return all;
    }

    boolean matches(Map<Phrase, List<Match>> found) {
        for (Group group : groups) {
            if (group.phrases().stream().noneMatch(found::containsKey)) {
                return false;
            }
        }
        Map<Integer, Span> before = spans(groups.get(0).phrases(), found);
        for (int i = 1; i < groups.size() && !before.isEmpty(); i++) {
            Map<Integer, Span> next = spans(groups.get(i).phrases(), found);
            Map<Integer, Span> earlier = before;
            boolean following = groups.get(i).following();
            next.entrySet().removeIf(entry -> {
                Span first = earlier.get(entry.getKey());
                return first == null
                        || following && first.first() >= entry.getValue().last();
            });
            before = next;
        }
        before.keySet().removeAll(spans(but, found).keySet());
        return !before.isEmpty();
    }

    private static Map<Integer, Span> spans(List<Phrase> phrases, Map<Phrase, List<Match>> found) {
        Map<Integer, Span> spans = new HashMap<>();
        for (Phrase phrase : phrases) {
            for (Match match : found.getOrDefault(phrase, List.of())) {
                int at = match.position();
                spans.merge(
                        match.sentence(),
                        new Span(at, at),
                        (one, other) ->
                                new Span(Math.min(one.first(), other.first()), Math.max(one.last(), other.last())));
            }
        }
        return spans;
    }
}
