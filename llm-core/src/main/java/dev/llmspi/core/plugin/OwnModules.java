package dev.llmspi.core.plugin;

import dev.llmspi.api.LlmProvider;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The modules of a plug-in without a copy of llm-api that it may carry: there is one for all, or nobody would know its factory. */
record OwnModules(ModuleFinder all) implements ModuleFinder {

    private static final String SHARED = LlmProvider.class.getModule().getName();

    @Override
    public Optional<ModuleReference> find(String name) {
        return name.equals(SHARED) ? Optional.empty() : all.find(name);
    }

    @Override
    public Set<ModuleReference> findAll() {
        return all.findAll().stream()
                .filter(module -> !module.descriptor().name().equals(SHARED))
                .collect(Collectors.toSet());
    }
}
