package dev.llmspi.core.settings;

import java.time.Duration;

/**
 * How long a provider is left alone after an error that a retry cannot mend. A rate limit has no setting: the wait the
 * provider asks for is the cooldown.
 *
 * @param authentication after a rejected key; default 60 s
 * @param exhausted after credit or quota ran out, if the provider does not say until when; default 5 min
 * @param max the longest cooldown, whatever a provider asks for; default 1 h
 */
public record CooldownSettings(Duration authentication, Duration exhausted, Duration max) {

    /** The defaults. */
    public static CooldownSettings defaults() {
        return new CooldownSettings(Duration.ofSeconds(60), Duration.ofMinutes(5), Duration.ofHours(1));
    }
}
