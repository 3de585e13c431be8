package dev.llmspi.core;

import dev.llmspi.core.routing.AttemptTarget;
import dev.llmspi.core.routing.ResolvedLink;
import dev.llmspi.core.routing.ResolvedRoute;
import java.util.ArrayList;
import java.util.List;

/**
 * The route that a call would take, which consists of the links of its chain in order.
 *
 * @param chain the name of the chain, or of the provider if the call goes to a single one
 * @param links all links in the order in which the call would try them, including links that the call would skip
 */
public record Route(String chain, List<RouteLink> links) {

    /** Creates a route with a copy of the links. */
    public Route {
        links = List.copyOf(links);
    }

    static Route of(ResolvedRoute route) {
        List<RouteLink> links = new ArrayList<>();
        for (ResolvedLink link : route.links()) {
            AttemptTarget target = link.target();
            String problem = link.problem();
            links.add(new RouteLink(
                    link.name(),
                    target == null ? link.name() : target.type(),
                    link.model(),
                    link.why(),
                    problem == null,
                    problem == null ? "" : problem));
        }
        return new Route(route.chain(), links);
    }
}
