package dev.llmspi.examples.cli;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.ModelInfo;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.LlmProviderRegistry;
import dev.llmspi.examples.cli.ProviderQuery.Reply;
import dev.llmspi.examples.show.Table;
import dev.llmspi.examples.show.Terminal;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code llm models}. */
@Command(name = "models", description = "Lists the models of all usable providers, with prices per million tokens.")
public final class ModelsCommand extends ClientCommand {

    @Option(names = "--provider", order = 10, paramLabel = "NAME", description = "Ask only this provider.")
    public @Nullable String provider;

    @Option(
            names = "--search",
            order = 11,
            paramLabel = "TEXT",
            description = "Only models whose id or name contains this text, ignoring case.")
    public String search = "";

    ModelsCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        ProviderQuery<ModelCatalog, List<ModelInfo>> query =
                new ProviderQuery<>(ModelCatalog.class, "lists its models", ModelCatalog::models);
        try (LlmProviderRegistry registry = registry()) {
            List<Reply<List<ModelInfo>>> replies = query.run(registry, provider);
            Optional<LlmException> failure = ProviderQuery.failure(replies);
            if (failure.isPresent()) {
                throw failure.get();
            }
            if (json) {
                printJson(replies);
            } else {
                printTable(replies);
            }
        }
        return 0;
    }

    private List<ModelInfo> found(Reply<List<ModelInfo>> reply) {
        if (reply.answer() == null) {
            return List.of();
        }
        String text = search.toLowerCase(Locale.ROOT);
        return reply.answer().stream()
                .filter(model -> (model.id() + "\n" + model.name())
                        .toLowerCase(Locale.ROOT)
                        .contains(text))
                .toList();
    }

    private void printJson(List<Reply<List<ModelInfo>>> replies) {
        List<Object> models = new ArrayList<>();
        for (Reply<List<ModelInfo>> reply : replies) {
            for (ModelInfo model : found(reply)) {
                models.add(object(
                        "provider", reply.provider(),
                        "id", model.id(),
                        "name", model.name(),
                        "contextLength", model.contextLength(),
                        "maxOutputTokens", model.maxOutputTokens(),
                        "inputPrice", model.inputPrice(),
                        "outputPrice", model.outputPrice()));
            }
        }
        print(object("models", models, "problems", problems(replies)));
    }

    private void printTable(List<Reply<List<ModelInfo>>> replies) {
        Table table = new Table(List.of("MODEL", "PROVIDER", "CONTEXT", "$/M IN", "$/M OUT"), Set.of(2, 3, 4));
        int count = 0;
        for (Reply<List<ModelInfo>> reply : replies) {
            for (ModelInfo model : found(reply)) {
                String context = tokens(model.contextLength());
                table.row(
                        List.of(
                                model.id(),
                                reply.provider(),
                                context,
                                perMillion(model.inputPrice()),
                                perMillion(model.outputPrice())),
                        "");
                count++;
            }
        }
        if (count == 0) {
            terminal.err().println("llm: no model " + (search.isEmpty() ? "found" : "matches \"" + search + "\""));
        } else {
            print(table);
        }
        warn(replies);
    }

    private static String tokens(OptionalInt count) {
        return count.isPresent() ? String.format(Locale.ROOT, "%,d", count.getAsInt()) : "-";
    }

    /** Formats a price with two decimals, or up to four if a small price needs them. */
    private static String perMillion(Optional<BigDecimal> perToken) {
        return perToken.map(price -> price.movePointRight(6)
                        .setScale(4, RoundingMode.HALF_UP)
                        .stripTrailingZeros())
                .map(price -> price.setScale(Math.max(2, price.scale()), RoundingMode.UNNECESSARY))
                .map(BigDecimal::toPlainString)
                .orElse("-");
    }
}
