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
 * Adapts tool call ids to the server that receives them. Mistral accepts exactly 9 letters and digits. Anthropic
 * accepts letters, digits, {@code _} and {@code -}. OpenAI accepts at most 40 characters. The short form of an id
 * consists of 9 letters and digits that are computed from its hash. All servers accept this form, and it is the same in
 * every request, as prompt caches require.
 *
 * <ul>
 *   <li>An id is sent unchanged to the provider and model it came from. The exception is an id that this library
 *       generated because the server sent none. It is replaced by its short form if the model is a Mistral model.
 *   <li>An id from another provider or model is replaced by its short form, unless it already has the shape of a short
 *       form.
 *   <li>An id of unknown origin is kept if it consists of letters, digits, {@code _} and {@code -} and has at most 40
 *       characters; for a Mistral model it must have the shape of the short form.
 *   <li>A tool result is sent with the id that was sent for the nearest call with the same original id before it.
 * </ul>
 *
 * <p>Two different ids never become the same id: no id that is kept equals the short form of another, and the later of
 * two equal short forms is changed.
 */
final class ToolCallIds {

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int SHORT_LENGTH = 9;
    /** Matches the ids that are generated for calls without an id. */
    private static final Pattern GENERATED = Pattern.compile("call_\\d{1,4}");

    private static final int LONGEST = 40;

    private final Recipient recipient;
    private final boolean mistral;
    private final boolean allFit;
    /** Maps each outgoing id to its original id. */
    private final Map<String, String> owners;
    /** Maps each original id to the outgoing id of the latest call that has it. */
    private final Map<String, String> latest;

    /** @param mistral whether the model that receives the ids is a Mistral model */
    ToolCallIds(List<Message> messages, Recipient recipient, boolean mistral) {
        this.recipient = recipient;
        this.mistral = mistral;
        this.allFit = allFit(messages);
        this.owners = allFit ? Map.of() : new HashMap<>();
        this.latest = allFit ? Map.of() : new HashMap<>();
        if (!allFit) {
            for (int i = 0; i < messages.size(); i++) {
                reserve(messages.get(i));
            }
        }
    }

    private boolean allFit(List<Message> messages) {
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            if (message instanceof AssistantMessage answer) {
                for (int j = 0; j < answer.toolCalls().size(); j++) {
                    String id = answer.toolCalls().get(j).id();
                    if (!isKept(id, answer) || !WellFormedText.of(id).equals(id)) {
                        return false;
                    }
                }
            } else if (message instanceof ToolMessage result && !isKept(result.toolCallId(), null)) {
                return false;
            }
        }
        return true;
    }

    /** @param answer the message that contains the call; null if there is no such message */
    private boolean isKept(String id, @Nullable AssistantMessage answer) {
        if (answer != null && recipient.wrote(answer)) {
            return !mistral || !GENERATED.matcher(id).matches();
        }
        boolean known = answer != null && answer.provider().isPresent();
        return known || mistral ? isShort(id) : id.length() <= LONGEST && isPlain(id);
    }

    private static boolean isShort(String id) {
        return id.length() == SHORT_LENGTH && isPlain(id) && id.indexOf('-') < 0 && id.indexOf('_') < 0;
    }

    /** Whether a text is not empty and consists only of ASCII letters, digits, dashes and underscores. */
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
        if (message instanceof AssistantMessage answer) {
            for (ToolCall call : answer.toolCalls()) {
                if (isKept(call.id(), answer)) {
                    owners.putIfAbsent(WellFormedText.of(call.id()), call.id());
                }
            }
        } else if (message instanceof ToolMessage result && isKept(result.toolCallId(), null)) {
            owners.putIfAbsent(result.toolCallId(), result.toolCallId());
        }
    }

    /**
     * Returns the ids to send for the tool calls or the tool result in a message; empty if the ids are sent unchanged.
     * Must be called for all messages in order.
     */
    List<String> sent(Message message) {
        if (allFit) {
            return List.of();
        }
        if (message instanceof AssistantMessage answer) {
            return sent(answer);
        }
        if (message instanceof ToolMessage result) {
            String id = result.toolCallId();
            String known = latest.get(id);
            String sent = known != null ? known : sent(id, isKept(id, null));
            return sent.equals(id) ? List.of() : List.of(sent);
        }
        return List.of();
    }

    private List<String> sent(AssistantMessage answer) {
        List<String> ids = new ArrayList<>(answer.toolCalls().size());
        boolean changed = false;
        for (ToolCall call : answer.toolCalls()) {
            String sent = sent(call.id(), isKept(call.id(), answer));
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

    /** Returns 9 letters and digits, which are always the same for the same text. */
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
