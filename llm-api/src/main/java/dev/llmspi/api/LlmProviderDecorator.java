package dev.llmspi.api;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A base class for providers that delegate to another provider. Subclasses decorate calls or attempts, for example with
 * a budget, an audit log or redaction, and override the methods whose behaviour they change. A decorator that changes
 * requests must override both {@link #chat} and {@link #stream}.
 */
public abstract class LlmProviderDecorator implements LlmProvider {

    private final LlmProvider inner;

    protected LlmProviderDecorator(LlmProvider inner) {
        this.inner = Objects.requireNonNull(inner, "inner");
    }

    /** Returns the decorated provider. */
    protected final LlmProvider inner() {
        return inner;
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public String type() {
        return inner.type();
    }

    @Override
    public Optional<URI> endpoint() {
        return inner.endpoint();
    }

    @Override
    public Optional<String> defaultModel() {
        return inner.defaultModel();
    }

    @Override
    public boolean needsModel() {
        return inner.needsModel();
    }

    @Override
    public Optional<Set<Capability>> capabilities(String model) {
        return inner.capabilities(model);
    }

    @Override
    public void initialize() {
        inner.initialize();
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        return inner.chat(request, context);
    }

    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        return inner.stream(request, context);
    }

    @Override
    public <T> Optional<T> as(Class<T> type) {
        return type.isInstance(this) ? Optional.of(type.cast(this)) : inner.as(type);
    }

    @Override
    public void close() {
        inner.close();
    }
}
