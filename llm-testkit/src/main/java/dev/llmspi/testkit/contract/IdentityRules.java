package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.LlmProviderFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for names, types and service registration. */
public abstract class IdentityRules extends ContractRules {

    private static final String LIST = "META-INF/services/" + LlmProviderFactory.class.getName();

    IdentityRules(LlmProviderContract contract) {
        super(contract);
    }

    @Test
    @DisplayName("1.1 the factory's name is lower case with dashes and never changes")
    public void rule1_1_factoryName() {
        LlmProviderFactory factory = author().factory();
        String name = factory.name();

        assertTrue(name.matches("[a-z0-9]+(-[a-z0-9]+)*"), name);
        assertEquals(name, factory.name());
    }

    @Test
    @DisplayName("1.2 the provider is named after its configuration block, and the name never changes")
    public void rule1_2_providerName() {
        String name = provider().name();

        assertFalse(name.isBlank());
        assertEquals(name(), name);
        bench().answers("hello");
        chat();
        assertEquals(name, provider().name());
    }

    @Test
    @DisplayName("1.3 the provider's type is the name of its factory")
    public void rule1_3_providerType() {
        assertEquals(author().factory().name(), provider().type());
    }

    @Test
    @DisplayName("1.4 the endpoint, if the provider reports one, is the server that receives its requests")
    public void rule1_4_endpoint() {
        URI server = URI.create(HttpBench.url(http().server()));
        URI endpoint =
                provider().endpoint().orElseGet(() -> Assumptions.abort("the provider does not state its endpoint"));

        assertEquals(server.getScheme(), endpoint.getScheme());
        assertEquals(server.getHost(), endpoint.getHost());
        assertEquals(server.getPort(), endpoint.getPort());
    }

    @Test
    @DisplayName("1.5 optional parts that a provider does not support are empty, never null")
    public void rule1_5_nothingIsNull() {
        LlmProvider provider = provider();

        assertNotNull(provider.type(), "type");
        assertNotNull(provider.endpoint(), "endpoint");
        assertNotNull(provider.defaultModel(), "defaultModel");
        assertNotNull(provider.capabilities(MODEL), "capabilities");
        assertEquals(Optional.empty(), provider.as(Unheard.class), "as");
        assertEquals(
                provider.name(),
                provider.as(LlmProvider.class).map(LlmProvider::name).orElse(provider.name()));
    }

    /** An interface that no provider implements. */
    private interface Unheard {}

    @Test
    @DisplayName("1.6 the factory is public with a public constructor, registered for class path and module path")
    public void rule1_6_registration() throws Exception {
        assumeTrue(author().isShipped(), "this factory is not packaged");
        Class<?> type = author().factory().getClass();

        assertTrue(Modifier.isPublic(type.getModifiers()), type + " is not public");
        assertTrue(Modifier.isPublic(type.getConstructor().getModifiers()), type + " has no public constructor");
        assertTrue(listed(type).contains(type.getName()), LIST + " does not list " + type.getName());
        if (type.getModule().isNamed()) {
            assertTrue(
                    type.getModule().getDescriptor().provides().stream()
                            .filter(provided -> provided.service().equals(LlmProviderFactory.class.getName()))
                            .anyMatch(provided -> provided.providers().contains(type.getName())),
                    "the descriptor of " + type.getModule() + " does not provide " + type.getName());
        }
    }

    /**
     * Returns the class names in the service files. For a factory in a named module, only that module's own file is
     * read.
     */
    private static List<String> listed(Class<?> type) throws IOException {
        List<InputStream> lists = new ArrayList<>();
        if (type.getModule().isNamed()) {
            InputStream own = type.getModule().getResourceAsStream(LIST);
            if (own != null) {
                lists.add(own);
            }
        } else {
            for (URL list : Collections.list(type.getClassLoader().getResources(LIST))) {
                lists.add(list.openStream());
            }
        }
        List<String> names = new ArrayList<>();
        for (InputStream list : lists) {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
                lines.lines().map(line -> line.replaceFirst("#.*", "").strip()).forEach(names::add);
            }
        }
        return names;
    }
}
