package dev.llmspi.api.event;

import dev.llmspi.api.ErrorKind;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * A provider, one of its models, or one of its accounts went into cooldown or came out of it.
 *
 * @param provider the provider instance at which it was noticed; other instances that use the account are concerned too
 * @param providerType its type, such as {@code openrouter}
 * @param endpoint where its requests go: host and port
 * @param account the account, if only that is concerned: its label in the configuration, or a mark that stands for a key and says
 *     nothing of it
 * @param model the model, if only that is concerned
 * @param kind the kind of error that was the cause
 * @param since when it began
 * @param until when it ends, or is put to the test; absent if it has ended
 */
public record CooldownChanged(
        String provider,
        String providerType,
        Optional<URI> endpoint,
        Optional<String> account,
        Optional<String> model,
        ErrorKind kind,
        Instant since,
        Optional<Instant> until) {}
