package dev.llmspi.api.event;

import dev.llmspi.api.ErrorKind;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * Reports that a provider, one of its models, or one of its accounts entered or left cooldown.
 *
 * @param provider the provider instance that noticed the change; other instances with the same account are affected too
 * @param providerType the provider type, such as {@code openrouter}
 * @param endpoint the server's address, with host and port
 * @param account the account, if only one account is affected: its label in the configuration, or an identifier that
 *     reveals nothing about the API key
 * @param model the model, if only one model is affected
 * @param kind the kind of error that caused the cooldown
 * @param since when the cooldown began
 * @param until when the cooldown ends or a trial request is allowed; empty if the cooldown has ended
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
