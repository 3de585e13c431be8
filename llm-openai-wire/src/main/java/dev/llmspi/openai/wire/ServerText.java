package dev.llmspi.openai.wire;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.Message;
import dev.llmspi.api.spi.Secret;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes a server's text fit to be shown: keys and prompts it echoes are taken out, it becomes one line, and it is cut.
 * Made for one call, used only when something went wrong.
 */
final class ServerText {

    private static final int LIMIT = 2 * 1024;
    private static final int LONGER = 4;
    /** No more of a server's text than this is looked at. */
    static final int LOOKED_AT = LONGER * LIMIT;

    private static final int NAME_LIMIT = 120;
    private static final int SHORTEST_PROMPT = 8;
    // A server may echo a piece of the prompt only; a run of this many equal characters is no chance.
    private static final int PIECE = 24;
    private static final int SEARCHED_PROMPT = 256 * 1024;
    // However much of one is repeated, and from wherever it is: it is somebody's picture or document.
    private static final Pattern DATA_URI = Pattern.compile("data:[^\\s\"'<>,]{0,200},[^\\s\"'<>]*");
    // Providers echo a key with its middle starred out: what is left of it is still part of the key.
    private static final int KEY_PIECE = 6;
    // Servers without keys are given words such as "ollama" for one; the same words are in the names of models.
    private static final int SHORTEST_KEY = 2 * KEY_PIECE;
    /** A shorter key may be a part of a common word. */
    private static final int SHORTEST_IN_A_WORD = 8;

    private final List<Secret> secrets;
    private final Collection<String> headers;
    private final List<Message> messages;
    /** Found when first asked for; whoever finds them finds the same. */
    private volatile @Nullable List<String> shortPrompts;

    /**
     * @param secrets keys that were sent
     * @param headers values of other headers that were sent
     * @param messages the conversation that was sent
     */
    ServerText(List<Secret> secrets, Collection<String> headers, List<Message> messages) {
        this.secrets = secrets;
        this.headers = headers;
        this.messages = messages;
    }

    /** At most 2 KiB on one line. */
    String shown(String text) {
        return shown(text, LIMIT);
    }

    String shown(String text, int limit) {
        String result = text.length() > LONGER * limit ? text.substring(0, LONGER * limit) : text;
        for (Secret secret : secrets) {
            result = withoutKey(result, secret.reveal());
        }
        for (String header : headers) {
            if (header.length() >= SHORTEST_PROMPT) {
                result = result.replace(header, "***");
            }
        }
        if (!messages.isEmpty()) {
            result = withoutPrompt(result);
        }
        return cut(oneLine(result), limit);
    }

    /**
     * A name the server gives to something: a model, an id. It is a label everywhere and so as fit to be shown as any
     * text, but every answer has some: where it looks like a name, the prompt is not searched for pieces of it.
     */
    String name(String name) {
        if (!looksLikeName(name)) {
            return shown(name, NAME_LIMIT);
        }
        String result = withoutKeys(name);
        if (result.length() >= SHORTEST_PROMPT) {
            for (String prompt : shortPrompts()) {
                result = withoutWhole(result, prompt);
            }
        }
        return result;
    }

    /** Those that may stand in a name whole: as a rule none. */
    private List<String> shortPrompts() {
        List<String> known = shortPrompts;
        if (known == null) {
            List<String> found = new ArrayList<>(0);
            PromptTexts.forEach(messages, NAME_LIMIT + 1, prompt -> {
                if (prompt.length() >= SHORTEST_PROMPT && prompt.length() <= NAME_LIMIT) {
                    found.add(prompt.strip());
                }
            });
            shortPrompts = known = found;
        }
        return known;
    }

    private static boolean looksLikeName(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return text.length() <= NAME_LIMIT;
    }

    private static String withoutWhole(String text, String prompt) {
        return prompt.length() < SHORTEST_PROMPT ? text : text.replace(prompt, "[prompt]");
    }

    /** The answer with no key in what the server says beside it. */
    ChatResponse built(ChatResponse.Builder builder) {
        ChatResponse response = builder.build();
        boolean clean = true;
        for (Map.Entry<String, Object> entry : response.metadata().entrySet()) {
            Object value = withoutKeys(entry.getValue());
            if (!Objects.equals(value, entry.getValue())) {
                builder.metadata(entry.getKey(), value);
                clean = false;
            }
        }
        return clean ? response : builder.build();
    }

    private @Nullable Object withoutKeys(@Nullable Object value) {
        if (value instanceof String text) {
            return withoutKeys(text);
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> clean = new LinkedHashMap<>();
            map.forEach((name, member) -> clean.put(withoutKeys(name), withoutKeys(member)));
            return clean;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> clean = new ArrayList<>(list.size());
            list.forEach(element -> clean.add(withoutKeys(element)));
            return clean;
        }
        return value;
    }

    private String withoutKeys(String text) {
        String result = text;
        for (Secret secret : secrets) {
            String key = secret.reveal();
            if (key.length() >= SHORTEST_KEY || result.equals(key)) {
                result = result.replace(key, "***");
            }
        }
        return result;
    }

    private String withoutPrompt(String text) {
        List<String> prompts = PromptTexts.of(messages);
        String result = DATA_URI.matcher(text).replaceAll("[data]");
        for (String prompt : prompts) {
            result = withoutWhole(result, prompt.strip());
        }
        return result.length() < PIECE ? result : withoutPieces(result, prompts);
    }

    private static String withoutPieces(String text, List<String> prompts) {
        Set<String> pieces = new HashSet<>();
        for (int i = 0; i + PIECE <= text.length(); i++) {
            pieces.add(text.substring(i, i + PIECE));
        }
        Set<String> echoed = new HashSet<>();
        for (String prompt : prompts) {
            int end = Math.min(prompt.length(), SEARCHED_PROMPT);
            for (int i = 0; i + PIECE <= end; i++) {
                String piece = prompt.substring(i, i + PIECE);
                if (pieces.contains(piece)) {
                    echoed.add(piece);
                }
            }
        }
        if (echoed.isEmpty()) {
            return text;
        }
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            if (i + PIECE <= text.length() && echoed.contains(text.substring(i, i + PIECE))) {
                int end = i + PIECE;
                while (end < text.length() && echoed.contains(text.substring(end + 1 - PIECE, end + 1))) {
                    end++;
                }
                result.append("[prompt]");
                i = end;
            } else {
                result.append(text.charAt(i++));
            }
        }
        return result.toString();
    }

    /** A short key is hidden as a whole word only: its letters stand in other words too. */
    private static String withoutKey(String text, String key) {
        if (key.length() < SHORTEST_IN_A_WORD && key.chars().allMatch(c -> isKeyChar((char) c))) {
            return withoutWords(text, word -> word.replaceAll("[.!?]+$", "").equals(key));
        }
        String result = text.replace(key, "***");
        return key.length() < SHORTEST_KEY ? result : withoutWords(result, word -> showsKey(word, key));
    }

    private static String withoutWords(String text, Predicate<String> hidden) {
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int end = i;
            while (end < text.length() && isKeyChar(text.charAt(end))) {
                end++;
            }
            if (end == i) {
                kept.append(text.charAt(i++));
            } else {
                String word = text.substring(i, end);
                kept.append(hidden.test(word) ? "***" : word);
                i = end;
            }
        }
        return kept.toString();
    }

    private static boolean showsKey(String word, String key) {
        for (int i = 0; i + KEY_PIECE <= word.length(); i++) {
            if (key.contains(word.substring(i, i + KEY_PIECE))) {
                return true;
            }
        }
        return (word.contains("**") || word.contains("..") || word.indexOf('…') >= 0)
                && (word.startsWith(key.substring(0, 2)) || word.endsWith(key.substring(key.length() - 3)));
    }

    private static boolean isKeyChar(char c) {
        return c > ' ' && "\"'`()<>{}[],;:=".indexOf(c) < 0;
    }

    /** No line ends of any kind, no escapes: a log line stays one line. */
    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean blank = Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || c == ' ';
            if (!blank) {
                line.append(Character.getType(c) == Character.FORMAT ? '?' : c);
            } else if (line.length() > 0 && line.charAt(line.length() - 1) != ' ') {
                line.append(' ');
            }
        }
        return line.toString().strip();
    }

    private static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
        return text.substring(0, end) + "…";
    }
}
