package dev.llmspi.examples.cli;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.api.Account;
import dev.llmspi.api.AccountStatus;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.LlmProviderRegistry;
import dev.llmspi.examples.cli.ProviderQuery.Reply;
import dev.llmspi.examples.show.Table;
import dev.llmspi.examples.show.Terminal;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;

/** The command {@code llm account}. */
@Command(name = "account", description = "Shows the account behind each key: credit limit, used and remaining.")
public final class AccountCommand extends ClientCommand {

    AccountCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        ProviderQuery<AccountStatus, Account> query =
                new ProviderQuery<>(AccountStatus.class, "reports its account", AccountStatus::account);
        try (LlmProviderRegistry registry = registry()) {
            List<Reply<Account>> replies = query.run(registry, null);
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

    private void printJson(List<Reply<Account>> replies) {
        List<Object> accounts = new ArrayList<>();
        for (Reply<Account> reply : replies) {
            Account account = reply.answer();
            if (account != null) {
                accounts.add(object(
                        "provider", reply.provider(),
                        "label", account.label(),
                        "limit", account.limit(),
                        "remaining", account.remaining(),
                        "used", account.used(),
                        "limitReset", account.limitReset(),
                        "expires", account.expires(),
                        "freeTier", account.isFreeTier()));
            }
        }
        print(object("accounts", accounts, "problems", problems(replies)));
    }

    private void printTable(List<Reply<Account>> replies) {
        List<String> headings = List.of("PROVIDER", "KEY", "USED", "LIMIT", "LEFT", "RESET", "EXPIRES");
        Table table = new Table(headings, Set.of(2, 3, 4)).cutFirst(1);
        for (Reply<Account> reply : replies) {
            Account account = reply.answer();
            if (account != null) {
                table.row(
                        List.of(
                                reply.provider(),
                                account.label().orElse("-"),
                                money(account.used(), "-"),
                                money(account.limit(), "none"),
                                money(account.remaining(), "no limit"),
                                account.limitReset().orElse("never"),
                                account.expires().map(Object::toString).orElse("never")),
                        account.isFreeTier() ? "free tier: no credit was ever bought, so tighter limits apply" : "");
            }
        }
        print(table);
        warn(replies);
    }

    private static String money(Optional<BigDecimal> amount, String absent) {
        return amount.map(BigDecimal::toPlainString).orElse(absent);
    }
}
