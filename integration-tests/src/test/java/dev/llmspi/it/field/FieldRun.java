package dev.llmspi.it.field;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Runs all variations of one case, with one provider type in one mode, and collects the differences. */
final class FieldRun {

    private FieldRun() {}

    /** @param random chooses the places where the response is split */
    static List<String> differences(FieldCase fieldCase, String type, Mode mode, Random random) {
        try (FieldBench bench = new FieldBench(fieldCase, type)) {
            return fieldCase.isConversation() || hasChecks(fieldCase)
                    ? conversation(fieldCase, bench, mode, random)
                    : call(fieldCase, bench, mode, random);
        } catch (RuntimeException e) {
            return List.of("no client could be made: " + e);
        }
    }

    private static boolean hasChecks(FieldCase fieldCase) {
        FieldCase.Turn turn = fieldCase.turns().get(0);
        return !turn.sent().isEmpty() || turn.ask().link() != Ask.Link.FIRST;
    }

    private static List<String> call(FieldCase fieldCase, FieldBench bench, Mode mode, Random random) {
        Expected expected = fieldCase.turns().get(0).expected();
        List<String> differences = new ArrayList<>();
        add(differences, "in one piece", () -> judge(expected, bench.call(mode, "default", CannedReply::whole), true));
        add(
                differences,
                "in pieces",
                () -> judge(expected, bench.call(mode, "default", reply -> reply.inPieces(random)), true));
        if (expected.next()) {
            add(
                    differences,
                    "without a next link",
                    () -> judge(expected, bench.call(mode, "alone", CannedReply::whole), false));
        }
        return differences;
    }

    private static List<String> conversation(FieldCase fieldCase, FieldBench bench, Mode mode, Random random) {
        List<String> differences = new ArrayList<>();
        add(differences, "in one piece", () -> bench.converse(mode, false, CannedReply::whole));
        add(differences, "stored, in pieces", () -> bench.converse(mode, true, reply -> reply.inPieces(random)));
        return differences;
    }

    private static List<String> judge(Expected expected, Observed observed, boolean hasNext) {
        return Comparison.differences(expected, observed, hasNext);
    }

    private static void add(List<String> all, String how, Supplier<List<String>> play) {
        try {
            play.get().forEach(difference -> all.add(how + ": " + difference));
        } catch (RuntimeException | AssertionError e) {
            all.add(how + ": " + e);
        }
    }
}
