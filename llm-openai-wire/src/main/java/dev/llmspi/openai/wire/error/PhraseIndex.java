package dev.llmspi.openai.wire.error;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An index that finds all phrases of a table in one pass over a text. Immutable. */
final class PhraseIndex {

    /** The number of letters by which open first words are indexed. It is also the minimum length of such words. */
    private static final int KEY = 2;

    /** The position of a phrase: the sentence that contains it, and its first token in this sentence. */
    record Match(int sentence, int position) {}

    private final Map<String, List<Phrase>> byWord = new HashMap<>();
    private final Map<String, List<Phrase>> byBeginning = new HashMap<>();

    PhraseIndex(Collection<Phrase> phrases) {
        for (Phrase phrase : phrases) {
            String word = phrase.first().text();
            if (!phrase.first().open()) {
                byWord.computeIfAbsent(word, key -> new ArrayList<>(2)).add(phrase);
            } else if (word.length() < KEY) {
                throw new IllegalArgumentException("\"" + word + "*\" has fewer than " + KEY + " letters");
            } else {
                byBeginning
                        .computeIfAbsent(word.substring(0, KEY), key -> new ArrayList<>(2))
                        .add(phrase);
            }
        }
    }

    /** Returns the positions of each phrase that occurs in the sentences. */
    Map<Phrase, List<Match>> find(List<List<String>> sentences) {
        Map<Phrase, List<Match>> found = new HashMap<>();
        for (int sentence = 0; sentence < sentences.size(); sentence++) {
            List<String> tokens = sentences.get(sentence);
            for (int i = 0; i < tokens.size(); i++) {
                String token = tokens.get(i);
                Match here = new Match(sentence, i);
                int underscore = token.indexOf('_');
                add(byWord.get(underscore < 0 ? token : token.substring(0, underscore)), tokens, here, found);
                if (token.length() >= KEY) {
                    add(byBeginning.get(token.substring(0, KEY)), tokens, here, found);
                }
            }
        }
        return found;
    }

    private static void add(
            @Nullable List<Phrase> candidates, List<String> tokens, Match here, Map<Phrase, List<Match>> found) {
        if (candidates == null) {
            return;
        }
        for (Phrase phrase : candidates) {
            if (phrase.standsAt(tokens, here.position())) {
                found.computeIfAbsent(phrase, key -> new ArrayList<>(1)).add(here);
            }
        }
    }
}
