package dev.llmspi.examples.cli;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.examples.show.FailureWords;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says who answered after a fallback, and why the providers before it did not. */
final class AnswerNote {

    private AnswerNote() {}

    /** Returns one line, or empty if the first link of the chain answered. */
    static Optional<String> of(List<Attempt> attempts) {
        Optional<Attempt> answered = attempts.stream()
                .filter(attempt -> attempt.outcome() == Outcome.SUCCESS)
                .findFirst();
        if (answered.isEmpty()) {
            return Optional.empty();
        }
        List<Attempt> known =
                attempts.stream().filter(attempt -> attempt.model().isPresent()).toList();
        boolean models = known.stream().map(Attempt::provider).distinct().count()
                < known.stream().map(attempt -> link(attempt, true)).distinct().count();
        String answer = link(answered.get(), models);
        // A later failure of a link replaces an earlier one.
        Map<String, String> failures = new LinkedHashMap<>();
        for (Attempt attempt : attempts) {
            if (attempt.outcome() == Outcome.ERROR || attempt.outcome() == Outcome.SKIPPED) {
                String link = link(attempt, models);
                failures.put(link, link + " " + FailureWords.of(attempt));
            }
        }
        failures.remove(answer);
        return failures.isEmpty()
                ? Optional.empty()
                : Optional.of("answered by " + answer + "; " + String.join(", ", failures.values()));
    }

    private static String link(Attempt attempt, boolean withModel) {
        return attempt.provider()
                + (withModel ? attempt.model().map(model -> " (" + model + ")").orElse("") : "");
    }
}
