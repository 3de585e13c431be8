package dev.llmspi.core.chain;

import dev.llmspi.core.resilience.ResilientProvider;
import java.util.Collection;
import java.util.Optional;

/** The provider instances a chain can use, by name. */
public interface Providers {

    /** A provider that can be called. */
    Optional<ResilientProvider> usable(String name);

    /** Why a provider that was found or configured cannot be called; empty if it can, or if there is none of that name. */
    Optional<String> unusableReason(String name);

    /** The names of all providers found or configured, usable or not. */
    Collection<String> names();
}
