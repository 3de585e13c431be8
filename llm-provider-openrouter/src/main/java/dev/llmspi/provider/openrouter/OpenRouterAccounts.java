package dev.llmspi.provider.openrouter;

import dev.llmspi.api.Account;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ModelInfo;
import dev.llmspi.openai.wire.JsonObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses the responses of {@code GET /models} and {@code GET /key}. */
final class OpenRouterAccounts {

    private OpenRouterAccounts() {}

    static ModelInfo model(String id, JsonObject entry) {
        JsonObject pricing = entry.object("pricing");
        return ModelInfo.builder(id)
                .name(entry.text("name").orElse(id))
                .contextLength(tokens(entry, "context_length"))
                .maxOutputTokens(tokens(entry.object("top_provider"), "max_completion_tokens"))
                .inputPrice(price(pricing, "prompt"))
                .outputPrice(price(pricing, "completion"))
                .capabilities(capabilities(entry))
                .build();
    }

    private static int tokens(JsonObject entry, String name) {
        return (int) Math.min(Integer.MAX_VALUE, entry.count(name).orElse(0));
    }

    /** Reads a price, which is a string with an amount in dollars per token. A price of -1 means that it varies. */
    private static @Nullable BigDecimal price(JsonObject pricing, String name) {
        return pricing.decimal(name).filter(price -> price.signum() >= 0).orElse(null);
    }

    private static Set<Capability> capabilities(JsonObject entry) {
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        List<?> parameters = entry.list("supported_parameters");
        add(capabilities, Capability.TOOLS, parameters.contains("tools"));
        add(capabilities, Capability.STRUCTURED_OUTPUT, parameters.contains("structured_outputs"));
        add(capabilities, Capability.REASONING, parameters.contains("reasoning"));
        List<?> inputs = entry.object("architecture").list("input_modalities");
        add(capabilities, Capability.IMAGES, inputs.contains("image"));
        add(capabilities, Capability.AUDIO, inputs.contains("audio"));
        add(capabilities, Capability.FILES, inputs.contains("file"));
        return capabilities;
    }

    private static void add(Set<Capability> capabilities, Capability capability, boolean has) {
        if (has) {
            capabilities.add(capability);
        }
    }

    static Account account(JsonObject data) {
        return Account.builder()
                .label(data.text("label").orElse(null))
                .limit(data.decimal("limit").orElse(null))
                .remaining(data.decimal("limit_remaining").orElse(null))
                .used(data.decimal("usage").orElse(null))
                .limitReset(data.text("limit_reset").orElse(null))
                .expires(instant(data))
                .freeTier(data.isTrue("is_free_tier"))
                .build();
    }

    private static @Nullable Instant instant(JsonObject data) {
        try {
            return data.text("expires_at")
                    .map(text -> OffsetDateTime.parse(text).toInstant())
                    .orElse(null);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
