package dev.llmspi.core;

import java.util.Optional;

/**
 * One link of a {@link Route}.
 *
 * @param provider the name of the provider
 * @param type the type of the provider
 * @param model the model that would be sent; absent if no model is known or if the provider chooses one
 * @param why where the model comes from, as human-readable text
 * @param usable whether the call could use this link
 * @param reason the reason why the call would skip this link; {@code ""} if the link is usable
 */
public record RouteLink(
        String provider, String type, Optional<String> model, String why, boolean usable, String reason) {}
