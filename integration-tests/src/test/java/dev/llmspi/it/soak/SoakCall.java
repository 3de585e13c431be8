package dev.llmspi.it.soak;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.it.faults.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One call, with everything that the seed determines: its mode, its first provider, and the fault of each attempt. The
 * expected result follows from these.
 *
 * @param faults the faults of the attempts at each link, in order; null stands for an answer
 */
record SoakCall(int number, Mode mode, List<String> links, List<List<@Nullable SoakFault>> faults) {

    static final int MAX_RETRIES = 2;
    private static final int MAX_AFTER_TIMEOUT = 1;
    /** The percentage of attempts that succeed. */
    private static final int GOOD = Integer.getInteger("llmspi.soak-good", 45);

    /**
     * The expected result of a call.
     *
     * @param end the text of the answer, or the error kind and the delivered text, or the cancellation
     * @param attempts the attempts, each in the form {@code provider outcome}
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
        dice.nextInt(); // skips the first number, because neighbouring seeds produce similar first numbers
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

    /** Returns a call in the mode that {@link #draw} returns, but without faults. */
    static SoakCall withoutFaults(long seed, int number, String provider) {
        SoakCall drawn = draw(seed, number);
        List<String> links = new ArrayList<>(List.of("openrouter", "portkey"));
        links.remove(provider);
        links.add(0, provider);
        List<@Nullable SoakFault> none = new ArrayList<>();
        none.add(null);
        return new SoakCall(number, drawn.mode(), links, List.of(none, none));
    }

    private static SoakFault fault(Random dice, Mode mode) {
        List<SoakFault> possible = Arrays.stream(SoakFault.values())
                .filter(fault -> mode == Mode.STREAM || !fault.comesAfterText())
                .filter(fault -> mode != Mode.ASYNC || fault != SoakFault.INTERRUPTED)
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

    /** Returns the fault of an attempt at a provider, or null if the provider answers. */
    @Nullable
    SoakFault fault(String provider, int attempt) {
        return faults.get(links.indexOf(provider)).get(attempt);
    }

    /** Returns the text that a provider sends if it answers this call. */
    String answer(String provider) {
        return "answer " + number + " of " + provider;
    }

    /** Returns whether a timeout can expire during the call. */
    boolean waitsForATimeout() {
        return faults.stream().flatMap(List::stream).anyMatch(fault -> fault != null && fault.waitsForATimeout());
    }

    /** Computes the expected result according to the retry and fallback rules in the fault catalogue. */
    Prediction predicted() {
        List<String> attempts = new ArrayList<>();
        SoakFault thrown = null;
        for (String link : links) {
            int afterTimeout = 0;
            SoakFault last = null;
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
            thrown = thrown != null && thrown.isWorthWaiting() && !last.isWorthWaiting() ? thrown : last;
        }
        return new Prediction(end(thrown), attempts);
    }

    private static String end(@Nullable SoakFault last) {
        if (last == SoakFault.INTERRUPTED) {
            return "interrupted";
        }
        return last == null || last.kind == null
                ? "cancelled"
                : last.kind + (last.comesAfterText() ? " after " + SoakFault.PARTIAL : "");
    }
}
