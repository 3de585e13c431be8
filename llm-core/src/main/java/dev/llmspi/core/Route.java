package dev.llmspi.core;

import java.util.List;

/**
 * What a call would do, without doing it.
 *
 * @param chain the chain, or the single provider
 * @param links the links in the order they would be asked, those that would be passed over included
 */
public record Route(String chain, List<RouteLink> links) {

    public Route {
        links = List.copyOf(links);
    }
}
