package dev.llmspi.openai.wire;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.UserMessage;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decides in which form each message of a conversation goes out to a model. Made for one call. */
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
    /** The form of each message; null: it is left out. */
    private final @Nullable MessageForm[] forms;

    /** @param host of the server, in lower case */
    ConversationPlan(
            List<Message> messages, Recipient recipient, String host, OpenAiDialect dialect, ReasoningEcho echo) {
        this.messages = messages;
        this.recipient = recipient;
        this.dialect = dialect;
        this.echo = echo;
        this.ids = new ToolCallIds(
                messages, recipient, isMistral(recipient.model().toLowerCase(Locale.ROOT)) || isMistral(host));
        this.lastUser = lastUser();
        this.gemini = takesStandIn();
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
     * Whether a stand-in for a signature may be sent: to a model of Gemini, and to one that has signed calls of this
     * conversation, whatever its name is. A server that gives out reasoning details has the signatures there.
     */
    private boolean takesStandIn() {
        if (GeminiSignature.isGemini(recipient.model()) && !dialect.echoesReasoning()) {
            return true;
        }
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i) instanceof AssistantMessage said
                    && GeminiSignature.isSignedInPlace(said)
                    && recipient.wrote(said)) {
                return true;
            }
        }
        return false;
    }

    /** The form of a message; null if it is left out. */
    @Nullable
    MessageForm form(int index) {
        return forms[index];
    }

    /** How many messages are left. */
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
                    message instanceof AssistantMessage said ? form(said, i) : MessageForm.of(0, ids.sent(message));
            if (!isEmpty(message, form)) {
                forms[i] = form;
                last = i;
            }
        }
        if (last < 0) {
            for (int i = 0; i < forms.length; i++) {
                forms[i] = MessageForm.of(MessageForm.EMPTY, List.of());
            }
        } else if (messages.get(last) instanceof AssistantMessage said && ContentEncoder.hasBlankEnd(said.content())) {
            MessageForm form = forms[last];
            forms[last] = form == null ? null : MessageForm.of(form.flags() | MessageForm.TRIMMED, form.ids());
        }
    }

    private static boolean isEmpty(Message message, MessageForm form) {
        if (message instanceof ToolMessage || ContentEncoder.said(message.content()) > 0) {
            return false;
        }
        return !(message instanceof AssistantMessage said)
                || said.toolCalls().isEmpty()
                        && ProviderFields.contentParts(said, form).isEmpty()
                        && !ProviderFields.sayAnything(said, form);
    }

    private MessageForm form(AssistantMessage said, int index) {
        if (said.toolCalls().isEmpty() && !said.hasProviderData()) {
            return MessageForm.PLAIN;
        }
        boolean own = recipient.wrote(said);
        boolean inRound = index > lastUser;
        int flags = own || said.provider().isEmpty() ? echoed(said, own, inRound) : 0;
        if (!own && hasUnfitName(said)) {
            flags |= MessageForm.NAMES;
        }
        if (gemini && inRound && GeminiSignature.isMissing(said, (flags & MessageForm.FIELDS) != 0)) {
            flags |= MessageForm.STAND_IN;
        }
        return MessageForm.of(flags, ids.sent(said));
    }

    /** What goes back of a message that came from here or from an unknown model. */
    private int echoed(AssistantMessage said, boolean own, boolean inRound) {
        if (!said.hasProviderData()) {
            return 0;
        }
        int flags = MessageForm.FIELDS;
        if (echo.sends(inRound)) {
            if (ProviderFields.holdsReasoning(said)) {
                flags |= MessageForm.REASONING;
            }
            // Of unknown origin they go only to servers that are known to accept them.
            boolean accepted = own || dialect.echoesReasoning() || echo == ReasoningEcho.ALWAYS;
            if (accepted && !said.reasoningDetails().isEmpty()) {
                flags |= MessageForm.DETAILS;
            }
        }
        return flags;
    }

    private static boolean hasUnfitName(AssistantMessage said) {
        for (ToolCall call : said.toolCalls()) {
            if (!ToolNames.isFit(call.name())) {
                return true;
            }
        }
        return false;
    }
}
