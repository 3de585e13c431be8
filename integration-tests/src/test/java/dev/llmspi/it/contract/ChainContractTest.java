package dev.llmspi.it.contract;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.core.LlmClient;
import dev.llmspi.testkit.contract.OpenAiWireContract;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs the provider contract against a chain, because retries, health tracking and timeouts around a link must not
 * break the contract. Retries are switched off, because the contract allows a provider only one attempt per call.
 */
class ChainContractTest extends OpenAiWireContract {

    @Override
    protected LlmProviderFactory factory() {
        LlmProviderFactory link = FoundFactory.of("openai");
        return new LlmProviderFactory() {
            @Override
            public String name() {
                return link.name();
            }

            @Override
            public LlmProvider create(ProviderConfig config) {
                return new Chain(link.create(config));
            }
        };
    }

    @Override
    protected boolean isShipped() {
        return false;
    }

    @Override
    protected boolean triesRenewedKey() {
        return true;
    }

    /** A provider that calls a client whose chain has a single link. It has the same name as that link. */
    private static final class Chain extends LlmProviderDecorator {

        private final LlmProvider link;
        private final LlmClient client;

        Chain(LlmProvider link) {
            this(link, new AtomicReference<>());
        }

        private Chain(LlmProvider link, AtomicReference<LlmProvider> chain) {
            this(
                    link,
                    LlmClient.builder()
                            .set("llm.retry.max-retries", 0)
                            .provider(link)
                            .chain("default", link.name())
                            .wrapCalls(inner -> {
                                chain.set(inner);
                                return inner;
                            })
                            .build(),
                    chain);
        }

        private Chain(LlmProvider link, LlmClient client, AtomicReference<LlmProvider> chain) {
            super(chain.get());
            this.link = link;
            this.client = client;
        }

        @Override
        public String name() {
            return link.name();
        }

        @Override
        public String type() {
            return link.type();
        }

        @Override
        public Optional<URI> endpoint() {
            return link.endpoint();
        }

        @Override
        public void close() {
            client.close();
            link.close();
        }
    }
}
