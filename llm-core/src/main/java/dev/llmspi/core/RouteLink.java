package dev.llmspi.core;

import java.util.Optional;

/**
 * One link of a {@link Route}.
 *
 * @param provider the provider instance
 * @param type its type
 * @param model the model it would be sent; absent if none was found, or if the choice is left to the provider
 * @param why where the model comes from, for people
 * @param usable whether it would be asked
 * @param reason why not; {@code ""} if it would
 */
public record RouteLink(
        String provider, String type, Optional<String> model, String why, boolean usable, String reason) {}
