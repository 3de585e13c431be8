package dev.llmspi.core.settings;

import dev.llmspi.api.ErrorKind;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a provider is treated: set for the client, and again where a provider's block says otherwise.
 *
 * @param fallbackOn the kinds of error after which the next provider is asked
 */
record Policies(RetrySettings retry, Set<ErrorKind> fallbackOn, CooldownSettings cooldown, LimitSettings limits) {

    Policies {
        fallbackOn = Set.copyOf(fallbackOn);
    }

    static final Policies DEFAULTS = new Policies(
            RetrySettings.builder().build(),
            EnumSet.complementOf(EnumSet.of(ErrorKind.INVALID_REQUEST)),
            CooldownSettings.defaults(),
            LimitSettings.none());
}
