package dev.llmspi.it.contract;

import dev.llmspi.api.spi.LlmProviderFactory;
import java.util.ServiceLoader;

/** Finds a provider factory in the same way as an application does. */
final class FoundFactory {

    private FoundFactory() {}

    static LlmProviderFactory of(String type) {
        return ServiceLoader.load(LlmProviderFactory.class, FoundFactory.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.name().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
