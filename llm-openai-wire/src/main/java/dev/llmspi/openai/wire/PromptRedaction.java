package dev.llmspi.openai.wire;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Removes a conversation's texts, and pieces of these texts, from a text that the server sent. */
final class PromptRedaction {

    static final int SHORTEST = 8;

    static final String HIDDEN = "[prompt]";
    /** A gap between two echoed parts stays visible if it has this many letters and digits. */
    private static final int LONGEST_GAP = 9;
    // Data URIs contain a user's image or document. They are removed even if they are truncated or not in the prompt.
    private static final Pattern DATA_URI = Pattern.compile("data:[^\\s\"'<>,:]{0,200}+,[^\\s\"'<>]*");
    /** Characters that a server could not represent. */
    private static final Pattern DAMAGED = Pattern.compile("\uFFFD|\\?\\?|(?i)ufffd|#65533|%EF%BF%BD|\\p{L}\\?\\p{L}");

    private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}]+");

    /**
     * Words that are common in error messages and in the protocol. A tool result is often just "not found", and a
     * system prompt can be a single word. Removing such texts would hide the reason for an error and protect nothing.
     */
    private static final Set<String> ERROR_WORDS = Set.of("""
            a access again agent allowed an and api application argument arguments assistant at auth bad be been body
            busy call calls cancelled choice chunk code completed completion completions connection content context
            continue count credit credits data default delta denied deployment developer disabled does endpoint error
            exceeded exist expected failed failure field file first for forbidden format found function gateway has
            hello http id image in input instructions internal invalid is it item items json key language length
            level limit list long max message messages min missing mode model models must name no none not null
            number object of ok on only options or organization out output parallel parameter parameters parts path
            payment permission plain please policy prompt property provider quota rate read reason reasoning region
            request required response result results retry role schema server service size space status stop stream
            streaming string success successful summarize supported system temperature test text than the this time
            timed timeout to token tokens too tool tools translate try type unauthorized unavailable undefined
            unknown unsupported upstream url usage user valid value version was with yes""".split("\\s+"));

    private PromptRedaction() {}

    /** Replaces the data URIs in a text. */
    static String withoutData(String text) {
        return text.contains("data:") ? DATA_URI.matcher(text).replaceAll("[data]") : text;
    }

    static String withoutWhole(String text, String prompt) {
        return prompt.length() >= SHORTEST && text.contains(prompt) && !hasOnlyErrorWords(prompt)
                ? text.replace(prompt, HIDDEN)
                : text;
    }

    /** Whether a short prompt or header value consists only of words that are common in error messages. */
    static boolean hasOnlyErrorWords(String text) {
        if (text.length() >= EchoSearch.PIECE) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= '0' && text.charAt(i) <= '9') {
                return false;
            }
        }
        String[] words = NO_LETTERS.split(text.strip().toLowerCase(Locale.ROOT));
        for (String word : words) {
            if (!word.isEmpty() && !ERROR_WORDS.contains(word)) {
                return false;
            }
        }
        return words.length > 0;
    }

    /**
     * Returns the characters of a text that repeat texts of the request. If the call ends before all of the request was
     * compared, these are all characters.
     */
    static BitSet echoed(String text, List<Message> messages, @Nullable ChatRequest request, Cancellation ended) {
        BitSet echoed = new BitSet(text.length());
        List<TextReading> readings = TextReading.of(text);
        EchoSearch letters = new EchoSearch(readings, Skeleton.Kind.LETTERS_AND_DIGITS);
        EchoSearch visible = new EchoSearch(readings, Skeleton.Kind.VISIBLE);
        forEach(messages, request, prompt -> {
            String stripped = prompt.strip();
            if (letters.search(prompt, ended) || stripped.length() < EchoSearch.PIECE) {
                addWhole(text, stripped, visible, echoed);
            }
        });
        letters.addFound(echoed);
        if (DAMAGED.matcher(text).find()) {
            EchoSearch ascii = new EchoSearch(readings, Skeleton.Kind.ASCII);
            forEach(messages, request, prompt -> ascii.search(prompt, ended));
            ascii.addFound(echoed);
        }
        if (letters.hasFewLetters(echoed)) {
            forEach(messages, request, prompt -> visible.search(prompt, ended));
            visible.addFound(echoed);
        }
        joinAdjacent(text, echoed);
        removeOtherWords(text, echoed);
        if (ended.isCancelled()) {
            echoed.set(0, text.length());
        }
        return echoed;
    }

    private static void forEach(List<Message> messages, @Nullable ChatRequest request, Consumer<String> action) {
        PromptTexts.forEach(messages, PromptTexts.MEDIA_SEARCHED, action);
        if (request != null) {
            PromptTexts.forEachOutside(request, action);
        }
    }

    private static void addWhole(String text, String prompt, EchoSearch visible, BitSet echoed) {
        if (prompt.length() < SHORTEST || hasOnlyErrorWords(prompt)) {
            return;
        }
        if (prompt.length() < EchoSearch.PIECE) {
            visible.searchWhole(prompt, echoed);
        }
        for (int at = text.indexOf(prompt); at >= 0; at = text.indexOf(prompt, at + prompt.length())) {
            echoed.set(at, at + prompt.length());
        }
    }

    /** Adds the short gaps between two echoed parts, which are signs, line numbers or damaged characters. */
    private static void joinAdjacent(String text, BitSet echoed) {
        int end = echoed.nextClearBit(Math.max(0, echoed.nextSetBit(0)));
        for (int next = echoed.nextSetBit(end); next >= 0; next = echoed.nextSetBit(end)) {
            int letters = 0;
            for (int i = end; i < next; i++) {
                letters += Character.isLetterOrDigit(text.charAt(i)) ? 1 : 0;
                letters += text.charAt(i) == Skeleton.SEPARATOR ? LONGEST_GAP : 0;
            }
            if (letters < LONGEST_GAP) {
                echoed.set(end, next);
            }
            end = echoed.nextClearBit(next);
        }
    }

    /**
     * Removes the beginning and the end of each echoed part if they belong to another word of the server's text. The
     * prompt may continue by chance with the same letters.
     */
    private static void removeOtherWords(String text, BitSet echoed) {
        for (int begin = echoed.nextSetBit(0), end; begin >= 0; begin = echoed.nextSetBit(end)) {
            end = echoed.nextClearBit(begin);
            int last = end;
            while (isWord(text, last - 1) && last > begin && end - last < LONGEST_GAP) {
                last--;
            }
            if (isWord(text, end) && !isWord(text, last - 1)) {
                echoed.clear(Math.max(begin, endOfWord(text, last)), end);
            }
            int before = begin;
            while (isWord(text, before - 1)) {
                before--;
            }
            int first = begin;
            while (isWord(text, first) && first < end && first - begin < LONGEST_GAP) {
                first++;
            }
            boolean escape = before > 0 && "\\%&#=+".indexOf(text.charAt(before - 1)) >= 0;
            if (before < begin && !escape && !isWord(text, first)) {
                while (first < end && !Character.isLetterOrDigit(text.charAt(first))) {
                    first++;
                }
                echoed.clear(begin, first);
            }
        }
    }

    /** Returns the end of the last word before an index. */
    private static int endOfWord(String text, int end) {
        int last = end;
        while (last > 0 && !Character.isLetterOrDigit(text.charAt(last - 1))) {
            last--;
        }
        return last;
    }

    private static boolean isWord(String text, int i) {
        return i >= 0
                && i < text.length()
                && Character.isLetterOrDigit(text.charAt(i))
                && !Character.isIdeographic(text.charAt(i));
    }

    /** Returns a text with each of its echoed parts replaced. */
    static String replaced(String text, BitSet echoed, String by) {
        if (echoed.isEmpty()) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length());
        int end = 0;
        for (int begin = echoed.nextSetBit(0); begin >= 0; begin = echoed.nextSetBit(end)) {
            result.append(text, end, begin).append(by);
            end = echoed.nextClearBit(begin);
        }
        return result.append(text, end, text.length()).toString();
    }
}
