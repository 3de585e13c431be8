package dev.llmspi.examples.conversation;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.Message;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.UserMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a conversation, and the model and provider that answer next. It stores each question together with
 * its answer, so the messages always alternate and the next question is valid, even after an error. Not thread-safe.
 */
final class Conversation {

    private final ChatRequest template;
    private final List<ContentPart> attachments;
    private final List<Exchange> exchanges = new ArrayList<>();
    private @Nullable String system;
    private @Nullable String model;
    private @Nullable String provider;
    private @Nullable UserMessage unanswered;
    /** The exchange that is being asked again. It comes back if there is no new answer. */
    private @Nullable Exchange retried;

    private boolean attachmentsWait = true;

    private Conversation(ChatRequest template, @Nullable String system, List<ContentPart> attachments) {
        this.template = template;
        this.system = system;
        this.attachments = attachments;
        this.model = template.model().orElse(null);
    }

    /**
     * Returns a conversation without messages. It takes from a request its parameters, its model and its system prompt.
     * The images of the request go with the next question until one is answered; its text is ignored.
     */
    static Conversation like(ChatRequest request) {
        String system = null;
        List<ContentPart> attachments = new ArrayList<>();
        for (Message message : request.messages()) {
            if (message instanceof SystemMessage) {
                system = message.text();
            } else {
                message.content().stream()
                        .filter(part -> !(part instanceof TextPart))
                        .forEach(attachments::add);
            }
        }
        return new Conversation(request, system, attachments);
    }

    /** Returns a question with the text. It also has the images if no answered question had them. */
    UserMessage question(String text) {
        List<ContentPart> content = new ArrayList<>(List.of(new TextPart(text)));
        if (attachmentsWait) {
            content.addAll(attachments);
        }
        return UserMessage.of(content.toArray(ContentPart[]::new));
    }

    /** Returns the request that asks the question at the end of this conversation. */
    ChatRequest request(UserMessage question) {
        List<Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(Message.system(system));
        }
        for (Exchange exchange : exchanges) {
            messages.add(exchange.question());
            messages.add(exchange.answer());
        }
        messages.add(question);
        return template.toBuilder().messages(messages).model(model).build();
    }

    /** Adds a question and its answer. Further questions go first to the provider that answered. */
    void add(Exchange exchange) {
        exchanges.add(exchange);
        unanswered = null;
        retried = null;
        attachmentsWait &= !hasImages(exchange);
        exchange.answer().provider().filter(name -> !name.isEmpty()).ifPresent(this::stayWith);
    }

    /**
     * Remembers a question without an answer for {@link #retry}. It does not become a message. If the question was a
     * retry, its earlier answer stays.
     *
     * @return whether there is an earlier answer
     */
    boolean leaveUnanswered(UserMessage question) {
        Exchange earlier = retried;
        if (earlier == null) {
            unanswered = question;
            return false;
        }
        exchanges.add(earlier);
        retried = null;
        return true;
    }

    /**
     * Returns the last question, if there is one, to be asked again. Its answer is set aside until {@link #add}
     * replaces it or {@link #leaveUnanswered} brings it back.
     */
    Optional<UserMessage> retry() {
        if (unanswered != null || exchanges.isEmpty()) {
            return Optional.ofNullable(unanswered);
        }
        retried = exchanges.remove(exchanges.size() - 1);
        return Optional.of(retried.question());
    }

    /** Removes all questions and answers. The images go with the next question again. */
    void clear() {
        restart(Optional.empty(), List.of());
        attachmentsWait = true;
    }

    /** Removes all questions and answers, and adds others. The system prompt is replaced if the others have one. */
    void restart(Optional<String> newSystem, List<Exchange> others) {
        exchanges.clear();
        unanswered = null;
        provider = null;
        newSystem.ifPresent(text -> system = text);
        others.forEach(this::add);
    }

    List<Exchange> exchanges() {
        return List.copyOf(exchanges);
    }

    /** Returns whether a question of this conversation has images. */
    boolean hasImages() {
        return exchanges.stream().anyMatch(Conversation::hasImages);
    }

    private static boolean hasImages(Exchange exchange) {
        return exchange.question().content().stream().anyMatch(part -> !(part instanceof TextPart));
    }

    Optional<AssistantMessage> lastAnswer() {
        return exchanges.isEmpty()
                ? Optional.empty()
                : Optional.of(exchanges.get(exchanges.size() - 1).answer());
    }

    Optional<String> system() {
        return Optional.ofNullable(system);
    }

    void useSystem(@Nullable String text) {
        system = text;
    }

    /** Returns the model or alias that the user chose; empty if the settings choose it. */
    Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** Uses another model from now on, and the order of the chain again. Null lets the settings choose the model. */
    void useModel(@Nullable String name) {
        model = name;
        provider = null;
    }

    /** Returns the provider that the next question goes to first; empty if the chain decides. */
    Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /** Sets the provider that further questions go to first. Null lets the chain decide. */
    void stayWith(@Nullable String name) {
        provider = name;
    }
}
