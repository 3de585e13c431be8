package dev.llmspi.openai.wire;

import dev.llmspi.api.Capability;
import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.ProviderConfig;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The model capabilities that a provider's configuration declares.
 *
 * @param all the {@code capabilities} setting, which applies to every model of the provider; null if it is not set
 * @param single the {@code model-capabilities} setting, which contains the capabilities of single models by name
 */
record DeclaredCapabilities(@Nullable Set<Capability> all, Map<String, Set<Capability>> single) {

    private static final String ALL = "capabilities";
    private static final String SINGLE = "model-capabilities";

    static DeclaredCapabilities read(ProviderConfig config) {
        Map<String, Set<Capability>> single = new LinkedHashMap<>();
        ConfigBlock models = config.block(SINGLE);
        for (String model : models.keys()) {
            single.put(model, read(models, model));
        }
        return new DeclaredCapabilities(config.has(ALL) ? read(config, ALL) : null, single);
    }

    private static Set<Capability> read(ConfigBlock block, String key) {
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        for (String word : block.strings(key, List.of())) {
            try {
                capabilities.add(
                        Capability.valueOf(word.strip().replace('-', '_').toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                block.fault(key, "must list some of tools, structured_output, images, audio, files, reasoning");
            }
        }
        return Collections.unmodifiableSet(capabilities);
    }

    /** Returns the declared capabilities of a model; empty if nothing is declared for the model. */
    Optional<Set<Capability>> of(String model) {
        return Optional.ofNullable(single.containsKey(model) ? single.get(model) : all);
    }
}
