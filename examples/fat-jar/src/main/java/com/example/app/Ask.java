package com.example.app;

import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.LlmConfigException;

/** Asks one question. The providers and their order are in {@code application.conf}. */
public final class Ask {

    private Ask() {}

    public static void main(String[] args) {
        try (LlmClient client = LlmClient.load()) {
            System.out.println(client.complete("Why is the sky blue?"));
        } catch (LlmConfigException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }
}
