package dev.llmspi.openai.wire;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes the ids of tool calls fit for the server that gets them. Mistral takes exactly 9 letters and digits, Anthropic
 * letters, digits, {@code _} and {@code -}, OpenAI at most 40 characters. The short form, 9 letters and digits made
 * from a hash of the id, fits all of them, and is the same in every request, so that prompt caches hold.
 *
 * <ul>
 *   <li>An id goes back to the provider and model it came from as it is, unless it was made up here because the
 *       server gave none and the server is Mistral's.
 *   <li>An id of another provider or model takes the short form, unless it has its shape already.
 *   <li>An id of unknown origin is kept if it is made of letters, digits, {@code _} and {@code -} and has at most
 *       40 characters; for a model of Mistral it must have the shape of the short form.
 *   <li>A tool result takes the id that the nearest call before it got.
 * </ul>
 *
 * <p>Two ids never become one: an id that is kept is no short form of another, and of two equal short forms the later
 * one changes.
 */
final class ToolCallIds {

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int SHORT_LENGTH = 9;
    /** The ids of calls that came without one. */
    private static final Pattern MADE_UP = Pattern.compile("call_\\d{1,4}");

    private static final int LONGEST = 40;

    private final Recipient recipient;
    private final boolean mistral;
    private final boolean allFit;
    /** Outgoing id to original id. */
    private final Map<String, String> owners = new HashMap<>(0);
    /** Original id to the outgoing id of its latest call. */
    private final Map<String, String> latest = new HashMap<>(0);

    /** @param mistral whether the model that is asked is one of Mistral's */
    ToolCallIds(List<Message> messages, Recipient recipient, boolean mistral) {
        this.recipient = recipient;
        this.mistral = mistral;
        this.allFit = allFit(messages);
        if (!allFit) {
            for (int i = 0; i < messages.size(); i++) {
                reserve(messages.get(i));
            }
        }
    }

    private boolean allFit(List<Message> messages) {
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            if (message instanceof AssistantMessage said) {
                for (int j = 0; j < said.toolCalls().size(); j++) {
                    String id = said.toolCalls().get(j).id();
                    if (!isKept(id, said) || !WellFormedText.of(id).equals(id)) {
                        return false;
                    }
                }
            } else if (message instanceof ToolMessage result && !isKept(result.toolCallId(), null)) {
                return false;
            }
        }
        return true;
    }

    /** @param said the message with the call; null if there is none */
    private boolean isKept(String id, @Nullable AssistantMessage said) {
        if (said != null && recipient.wrote(said)) {
            return !mistral || !MADE_UP.matcher(id).matches();
        }
        boolean known = said != null && said.provider().isPresent();
        return known || mistral ? isShort(id) : id.length() <= LONGEST && isPlain(id);
    }

    private static boolean isShort(String id) {
        return id.length() == SHORT_LENGTH && isPlain(id) && id.indexOf('-') < 0 && id.indexOf('_') < 0;
    }

    /** Whether a text consists of letters, digits, dashes and underscores. */
    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (DIGITS.indexOf(c) < 0 && c != '-' && c != '_') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private void reserve(Message message) {
        if (message instanceof AssistantMessage said) {
            for (ToolCall call : said.toolCalls()) {
                if (isKept(call.id(), said)) {
                    owners.putIfAbsent(WellFormedText.of(call.id()), call.id());
                }
            }
        } else if (message instanceof ToolMessage result && isKept(result.toolCallId(), null)) {
            owners.putIfAbsent(result.toolCallId(), result.toolCallId());
        }
    }

    /**
     * The ids that a message's calls, or the result it is, go out with; none if they go out as they are. To be asked
     * for all messages in their order.
     */
    List<String> sent(Message message) {
        if (allFit) {
            return List.of();
        }
        if (message instanceof AssistantMessage said) {
            return sent(said);
        }
        if (message instanceof ToolMessage result) {
            String id = result.toolCallId();
            String known = latest.get(id);
            String sent = known != null ? known : sent(id, isKept(id, null));
            return sent.equals(id) ? List.of() : List.of(sent);
        }
        return List.of();
    }

    private List<String> sent(AssistantMessage said) {
        List<String> ids = new ArrayList<>(said.toolCalls().size());
        boolean changed = false;
        for (ToolCall call : said.toolCalls()) {
            String sent = sent(call.id(), isKept(call.id(), said));
            latest.put(call.id(), sent);
            ids.add(sent);
            changed |= !sent.equals(call.id());
        }
        return changed ? List.copyOf(ids) : List.of();
    }

    private String sent(String id, boolean kept) {
        String candidate = kept ? WellFormedText.of(id) : shortForm(id);
        for (int more = 1; !id.equals(owners.computeIfAbsent(candidate, free -> id)); more++) {
            candidate = shortForm(id + '#' + more);
        }
        return candidate;
    }

    /** 9 letters and digits that are the same for the same text. */
    static String shortForm(String text) {
        long number = ByteBuffer.wrap(sha256(text)).getLong();
        char[] form = new char[SHORT_LENGTH];
        for (int i = 0; i < SHORT_LENGTH; i++) {
            form[i] = DIGITS.charAt((int) Long.remainderUnsigned(number, DIGITS.length()));
            number = Long.divideUnsigned(number, DIGITS.length());
        }
        return new String(form);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
