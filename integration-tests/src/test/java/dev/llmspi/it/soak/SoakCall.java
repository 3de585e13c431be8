package dev.llmspi.it.soak;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.it.faults.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One call as the seed draws it: how it is made, who is asked first, what each attempt meets; and what must come of it.
 *
 * @param faults what the attempts at each link in order meet; null: an answer
 */
record SoakCall(int number, Mode mode, List<String> links, List<List<@Nullable SoakFault>> faults) {

    static final int MAX_RETRIES = 2;
    private static final int MAX_AFTER_TIMEOUT = 1;
    /** Of a hundred attempts, how many go well. */
    private static final int GOOD = 45;

    /**
     * What must come of a call.
     *
     * @param end the answer's text, the error's kind and what was delivered, or that it was cancelled
     * @param attempts each as {@code provider outcome}
     */
    record Prediction(String end, List<String> attempts) {

        int posts(String provider) {
            return (int) attempts.stream()
                    .filter(attempt -> attempt.startsWith(provider))
                    .count();
        }
    }

    static SoakCall draw(long seed, int number) {
        Random dice = new Random(seed + 1_000_003L * number);
        dice.nextInt(); // the first numbers of neighbouring seeds are alike
        Mode mode = Mode.values()[dice.nextInt(Mode.values().length)];
        List<String> links = new ArrayList<>(List.of("openrouter", "portkey"));
        if (dice.nextBoolean()) {
            links.add(links.remove(0));
        }
        List<List<@Nullable SoakFault>> faults = new ArrayList<>();
        for (int link = 0; link < links.size(); link++) {
            List<@Nullable SoakFault> ofLink = new ArrayList<>();
            for (int attempt = 0; attempt <= MAX_RETRIES; attempt++) {
                ofLink.add(dice.nextInt(100) < GOOD ? null : fault(dice, mode));
            }
            faults.add(ofLink);
        }
        return new SoakCall(number, mode, links, faults);
    }

    private static SoakFault fault(Random dice, Mode mode) {
        List<SoakFault> possible = Arrays.stream(SoakFault.values())
                .filter(fault -> mode == Mode.STREAM || !fault.comesAfterText())
                .toList();
        int at = dice.nextInt(possible.stream().mapToInt(fault -> fault.weight).sum());
        for (SoakFault fault : possible) {
            at -= fault.weight;
            if (at < 0) {
                return fault;
            }
        }
        throw new AssertionError("beyond the sum of all weights");
    }

    /** What the attempt at a provider meets; null: an answer. */
    @Nullable
    SoakFault fault(String provider, int attempt) {
        return faults.get(links.indexOf(provider)).get(attempt);
    }

    /** The text of the answer, if there is one. */
    String answer(String provider) {
        return "answer " + number + " of " + provider;
    }

    /** Whether a clock must ring within the call. */
    boolean waitsForAClock() {
        return faults.stream().flatMap(List::stream).anyMatch(fault -> fault != null && fault.waitsForAClock());
    }

    /** The rules of retry and fallback once more, in the words of the fault catalogue. */
    Prediction predicted() {
        List<String> attempts = new ArrayList<>();
        SoakFault last = null;
        for (String link : links) {
            int afterTimeout = 0;
            boolean again = true;
            for (int attempt = 0; again; attempt++) {
                last = fault(link, attempt);
                if (last == null) {
                    attempts.add(link + " SUCCESS");
                    return new Prediction(answer(link), attempts);
                }
                attempts.add(link + " " + (last.kind == null ? "CANCELLED" : last.kind));
                if (last.then == SoakFault.Then.END) {
                    return new Prediction(end(last), attempts);
                }
                boolean timeout = last.kind == ErrorKind.TIMEOUT;
                again = last.then == SoakFault.Then.RETRY
                        && attempt < MAX_RETRIES
                        && !(timeout && afterTimeout == MAX_AFTER_TIMEOUT);
                afterTimeout += timeout ? 1 : 0;
            }
        }
        return new Prediction(end(last), attempts);
    }

    private static String end(@Nullable SoakFault last) {
        return last == null || last.kind == null
                ? "cancelled"
                : last.kind + (last.comesAfterText() ? " after " + SoakFault.PARTIAL : "");
    }
}
