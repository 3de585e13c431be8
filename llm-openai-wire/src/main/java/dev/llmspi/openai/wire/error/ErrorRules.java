package dev.llmspi.openai.wire.error;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.openai.wire.error.ErrorRule.Find;
import dev.llmspi.openai.wire.error.PhraseIndex.Match;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rules that classify errors, read from {@code error-rules.txt}. Specific codes take precedence, followed by
 * members, words, generic codes and the status. Immutable.
 */
public final class ErrorRules {

    private static final String TABLE = "error-rules.txt";
    /** A longer wait indicates a quota, which is renewed only after hours. A shorter wait indicates a rate limit. */
    private static final Duration SHORT = Duration.ofMinutes(10);

    /** Loads the table lazily, when the first error occurs. */
    private static final class Standard {
        private static final ErrorRules RULES = read();

        private static ErrorRules read() {
            try (InputStream table = ErrorRules.class.getResourceAsStream(TABLE)) {
                if (table == null) {
                    throw new IllegalStateException(TABLE + " is missing in the jar of llm-openai-wire");
                }
                return new ErrorRules(ErrorRulesReader.read(new String(table.readAllBytes(), StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final List<ErrorRule> all;
    private final Map<Find, List<ErrorRule>> rules = new EnumMap<>(Find.class);
    private final PhraseIndex phrases;

    ErrorRules(List<ErrorRule> all) {
        this.all = all;
        List<Phrase> words = new ArrayList<>();
        for (Find find : Find.values()) {
            rules.put(find, all.stream().filter(rule -> rule.find() == find).toList());
        }
        for (ErrorRule rule : all) {
            if (rule.words() != null) {
                words.addAll(rule.words().allPhrases());
            }
        }
        this.phrases = new PhraseIndex(words.stream().distinct().toList());
    }

    /** Returns the rules of this module. */
    public static ErrorRules standard() {
        return Standard.RULES;
    }

    List<ErrorRule> all() {
        return all;
    }

    /**
     * Classifies an error.
     *
     * @param facts the codes, texts and members of the error
     * @param wait the wait requested by the server; null if there is none
     * @return the verdict
     */
    public ErrorVerdict judge(ErrorFacts facts, @Nullable Duration wait) {
        ErrorRule rule = match(facts, wait);
        return rule != null ? rule.verdict() : unrecognised(status(facts));
    }

    private static ErrorVerdict unrecognised(int status) {
        if (status >= 300 && status < 400) {
            return new ErrorVerdict(ErrorKind.SERVICE, ErrorReason.REDIRECT, false, null, true);
        }
        return status >= 400 && status < 500
                ? new ErrorVerdict(ErrorKind.INVALID_REQUEST, ErrorReason.UNRECOGNISED, null, null, true)
                : new ErrorVerdict(ErrorKind.SERVICE, null, null, null, true);
    }

    /** Returns the verdict for a code alone; empty if no row matches the code. */
    public Optional<ErrorVerdict> ofCode(String code) {
        for (Find find : List.of(Find.SPECIFIC_CODE, Find.GENERIC_CODE)) {
            for (ErrorRule rule : of(find)) {
                if (rule.matchesCode(code)) {
                    return Optional.of(rule.verdict());
                }
            }
        }
        return Optional.empty();
    }

    /** Returns the verdict for a status alone. */
    public ErrorVerdict ofStatus(int status) {
        ErrorRule rule = first(Find.STATUS, status, null, any -> true);
        return rule == null ? unrecognised(status) : rule.verdict();
    }

    private List<ErrorRule> of(Find find) {
        return rules.getOrDefault(find, List.of());
    }

    /** Returns the first matching row in the order of precedence; null if there is none. */
    @Nullable
    ErrorRule match(ErrorFacts facts, @Nullable Duration wait) {
        int status = status(facts);
        ErrorRule rule = byCode(Find.SPECIFIC_CODE, facts, status, wait);
        if (rule == null) {
            rule = first(Find.MEMBER, status, wait, row -> facts.field(row.member()).stream()
                    .anyMatch(row::matchesCode));
        }
        List<Map<Phrase, List<Match>>> found = new ArrayList<>(2);
        if (rule == null) {
            for (String text : facts.texts()) {
                found.add(phrases.find(Sentences.of(text)));
            }
            rule = byWords(Find.WORDS, found, status, wait);
        }
        if (rule == null) {
            rule = byCode(Find.GENERIC_CODE, facts, status, wait);
        }
        if (rule == null) {
            rule = first(Find.STATUS, status, wait, any -> true);
        }
        return rule != null ? rule : byWords(Find.LAST_WORDS, found, status, wait);
    }

    /**
     * Returns the most specific status. The innermost one in the body takes precedence unless it is 400, 422 or 500.
     */
    static int status(ErrorFacts facts) {
        List<Integer> named = facts.namedStatuses();
        for (int status : named) {
            if (status != 400 && status != 500 && status != 422) {
                return status;
            }
        }
        return facts.status() >= 300 || named.isEmpty() ? facts.status() : named.get(0);
    }

    private @Nullable ErrorRule byCode(Find find, ErrorFacts facts, int status, @Nullable Duration wait) {
        for (List<String> codes : facts.codes()) {
            ErrorRule rule = first(find, status, wait, row -> codes.stream().anyMatch(row::matchesCode));
            if (rule != null) {
                return rule;
            }
        }
        return null;
    }

    private @Nullable ErrorRule byWords(
            Find find, List<Map<Phrase, List<Match>>> texts, int status, @Nullable Duration wait) {
        for (Map<Phrase, List<Match>> found : texts) {
            ErrorRule rule = found.isEmpty()
                    ? null
                    : first(
                            find,
                            status,
                            wait,
                            row -> row.words() != null && row.words().matches(found));
            if (rule != null) {
                return rule;
            }
        }
        return null;
    }

    private @Nullable ErrorRule first(Find find, int status, @Nullable Duration wait, Predicate<ErrorRule> matches) {
        boolean waitIsShort = wait != null && wait.compareTo(SHORT) <= 0;
        for (ErrorRule rule : of(find)) {
            if (rule.holdsUnder(status) && (!rule.shortWait() || waitIsShort) && matches.test(rule)) {
                return rule;
            }
        }
        return null;
    }
}
