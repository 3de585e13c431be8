package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;
import java.util.Optional;

record FixedCredential(Secret secret) implements Credential {
    @Override
    public Secret secret(CallContext context) {
        return secret;
    }

    @Override
    public Optional<Secret> known() {
        return Optional.of(secret);
    }
}
