package dev.llmspi.core.settings;

import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.config.ConfigTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code llm.chains}. A link can be a provider name, an object, or a {@link LinkSettings} set by code. */
final class ChainsReader {

    private final ConfigTree tree;
    private final List<ConfigFault> faults;

    ChainsReader(ConfigTree tree, List<ConfigFault> faults) {
        this.tree = tree;
        this.faults = faults;
    }

    Map<String, List<LinkSettings>> read(ConfigBlock block) {
        Map<String, List<LinkSettings>> chains = new LinkedHashMap<>();
        for (String name : block.keys()) {
            List<LinkSettings> links = new ArrayList<>();
            List<?> items = block.as(name, Object.class).orElse(null) instanceof List<?> list
                    ? list
                    : block.strings(name, List.of());
            for (Object item : items) {
                LinkSettings link = link(block, name, item);
                if (link != null && isNamed(links, link)) {
                    block.fault(
                            name, "names " + link.provider() + " twice with the same model; each link is tried once");
                } else if (link != null) {
                    links.add(link);
                }
            }
            if (items.isEmpty()) {
                block.fault(name, "has no links; name at least one provider, such as [openrouter, portkey]");
            }
            chains.put(name, List.copyOf(links));
        }
        return chains;
    }

    /**
     * Compares the record components instead of calling {@link List#contains}. The JVM generates the {@code equals}
     * method of a record at its first call, which would make a program start 10 ms later.
     */
    private static boolean isNamed(List<LinkSettings> links, LinkSettings link) {
        for (LinkSettings other : links) {
            if (other.provider().equals(link.provider()) && other.model().equals(link.model())) {
                return true;
            }
        }
        return false;
    }

    private @Nullable LinkSettings link(ConfigBlock chains, String chain, Object item) {
        if (item instanceof LinkSettings typed) {
            if (typed.model().isPresent() && typed.model().get().isBlank()) {
                chains.fault(chain, "the model of link " + typed.provider() + " " + SettingsReader.BLANK_MODEL);
            }
            return typed;
        }
        if (item instanceof String provider) {
            return LinkSettings.of(provider);
        }
        if (item instanceof Map<?, ?> map) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (Map.Entry<?, ?> member : map.entrySet()) {
                values.put(String.valueOf(member.getKey()), member.getValue());
            }
            ConfigBlock link =
                    new ConfigBlock(chains.path(chain), values, path -> tree.origin(chains.path(chain)), faults);
            Optional<String> provider = link.string("provider");
            Optional<String> model = SettingsReader.model(link, "model");
            link.refuseUnread();
            if (provider.isPresent()) {
                return new LinkSettings(provider.get(), model);
            }
        }
        chains.fault(chain, "a link must be a provider's name or { provider = …, model = … }");
        return null;
    }
}
