package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;

record FixedCredential(Secret secret) implements Credential {
    @Override
    public Secret secret(CallContext context) {
        return secret;
    }
}
