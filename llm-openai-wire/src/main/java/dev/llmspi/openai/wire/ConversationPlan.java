package dev.llmspi.openai.wire;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.UserMessage;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Chooses the form in which each message in a conversation is sent to the model. Each call has its own plan. */
final class ConversationPlan {

    private static final List<String> MISTRAL = List.of(
            "mistral",
            "mixtral",
            "magistral",
            "ministral",
            "codestral",
            "devstral",
            "mathstral",
            "leanstral",
            "pixtral",
            "voxtral");

    private final List<Message> messages;
    private final Recipient recipient;
    private final OpenAiDialect dialect;
    private final ReasoningEcho echo;
    private final ToolCallIds ids;
    private final int lastUser;
    private final boolean gemini;
    /** The form of each message; null if the message is omitted. */
    private final @Nullable MessageForm[] forms;

    /** @param host the server's host name, in lower case */
    ConversationPlan(
            List<Message> messages, Recipient recipient, String host, OpenAiDialect dialect, ReasoningEcho echo) {
        this.messages = messages;
        this.recipient = recipient;
        this.dialect = dialect;
        this.echo = echo;
        this.ids = new ToolCallIds(
                messages, recipient, isMistral(recipient.model().toLowerCase(Locale.ROOT)) || isMistral(host));
        this.lastUser = lastUser();
        this.gemini = acceptsPlaceholder();
        this.forms = new MessageForm[messages.size()];
        plan();
    }

    private static boolean isMistral(String name) {
        for (int i = 0; i < MISTRAL.size(); i++) {
            if (name.contains(MISTRAL.get(i))) {
                return true;
            }
        }
        return false;
    }

    private int lastUser() {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof UserMessage) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Whether placeholders for missing signatures may be sent. Gemini models accept them, and so does any model that
     * has signed tool calls in this conversation. A server that sends reasoning details sends its signatures in them.
     */
    private boolean acceptsPlaceholder() {
        if (GeminiSignature.isGemini(recipient.model()) && !dialect.echoesReasoning()) {
            return true;
        }
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i) instanceof AssistantMessage answer
                    && GeminiSignature.isSignedInPlace(answer)
                    && recipient.wrote(answer)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the form of a message; null if the message is omitted. */
    @Nullable
    MessageForm form(int index) {
        return forms[index];
    }

    /** Returns the number of messages to send. */
    int size() {
        int size = 0;
        for (MessageForm form : forms) {
            size += form == null ? 0 : 1;
        }
        return size;
    }

    private void plan() {
        int last = -1;
        for (int i = 0; i < forms.length; i++) {
            Message message = messages.get(i);
            MessageForm form =
                    message instanceof AssistantMessage answer ? form(answer, i) : MessageForm.of(0, ids.sent(message));
            if (!isEmpty(message, form)) {
                forms[i] = form;
                last = i;
            }
        }
        if (last < 0) {
            for (int i = 0; i < forms.length; i++) {
                forms[i] = MessageForm.of(MessageForm.EMPTY, List.of());
            }
        } else if (messages.get(last) instanceof AssistantMessage answer
                && ContentEncoder.hasBlankEnd(answer.content())) {
            MessageForm form = forms[last];
            forms[last] = form == null ? null : MessageForm.of(form.flags() | MessageForm.TRIMMED, form.ids());
        }
    }

    private static boolean isEmpty(Message message, MessageForm form) {
        if (message instanceof ToolMessage || ContentEncoder.countParts(message.content()) > 0) {
            return false;
        }
        return !(message instanceof AssistantMessage answer)
                || answer.toolCalls().isEmpty()
                        && ProviderFields.contentParts(answer, form).isEmpty()
                        && !ProviderFields.hasContent(answer, form);
    }

    private MessageForm form(AssistantMessage answer, int index) {
        if (answer.toolCalls().isEmpty() && !answer.hasProviderData()) {
            return MessageForm.PLAIN;
        }
        boolean own = recipient.wrote(answer);
        boolean inRound = index > lastUser;
        int flags = own || answer.provider().isEmpty() ? echoed(answer, own, inRound) : 0;
        if (!own && hasUnfitName(answer)) {
            flags |= MessageForm.NAMES;
        }
        if (gemini && inRound && GeminiSignature.isMissing(answer, (flags & MessageForm.FIELDS) != 0)) {
            flags |= MessageForm.PLACEHOLDER;
        }
        return MessageForm.of(flags, ids.sent(answer));
    }

    /** Returns the flags for a message that was written by this model or by an unknown one. */
    private int echoed(AssistantMessage answer, boolean own, boolean inRound) {
        if (!answer.hasProviderData()) {
            return 0;
        }
        int flags = MessageForm.FIELDS;
        if (echo.sends(inRound)) {
            if (ProviderFields.holdsReasoning(answer)) {
                flags |= MessageForm.REASONING;
            }
            // Reasoning details of unknown origin are sent only to servers that are known to accept them.
            boolean accepted = own || dialect.echoesReasoning() || echo == ReasoningEcho.ALWAYS;
            if (accepted && !answer.reasoningDetails().isEmpty()) {
                flags |= MessageForm.DETAILS;
            }
        }
        return flags;
    }

    private static boolean hasUnfitName(AssistantMessage answer) {
        for (ToolCall call : answer.toolCalls()) {
            if (!ToolNames.isFit(call.name())) {
                return true;
            }
        }
        return false;
    }
}
