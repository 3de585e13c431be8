package dev.llmspi.it.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs twenty rounds of tool calls against a server that refuses a request unless it echoes everything that the server
 * has sent. If the test includes a fallback, another server takes over in rounds 8 to 11. It must receive none of the
 * first server's provider data.
 */
@Tag("once")
@Timeout(60)
class ConversationTest {

    private static final long SEED = Long.getLong("llmspi.seed", System.nanoTime());

    /** Defines how the application keeps the conversation, and whether the first server fails halfway through. */
    enum Way {
        OBJECTS(false, false),
        STORED(true, false),
        FALLBACK(false, true),
        FALLBACK_STORED(true, true);

        private final boolean stored;
        private final boolean fallback;

        Way(boolean stored, boolean fallback) {
            this.stored = stored;
            this.fallback = fallback;
        }
    }

    static Stream<Arguments> conversations() {
        List<Arguments> conversations = new ArrayList<>();
        for (Shape shape : Shape.values()) {
            for (Way way : Way.values()) {
                conversations.add(Arguments.of(shape, way, true));
                conversations.add(Arguments.of(shape, way, false));
            }
        }
        return conversations.stream();
    }

    @BeforeAll
    static void printSeed() {
        System.out.println("ConversationTest: llmspi.seed=" + SEED);
    }

    @ParameterizedTest(name = "{0}, {1}, streamed: {2}")
    @MethodSource("conversations")
    void twentyRounds_nothingIsRefused(Shape shape, Way way, boolean streamed) {
        String where = "llmspi.seed=" + SEED;
        Random random = new Random(SEED + shape.ordinal());
        Shape other = streamed == way.stored ? Shape.PLAIN : Shape.MISTRAL;
        try (ToolRounds rounds = new ToolRounds(shape, other, streamed, random, where)) {
            for (int round = 1; round <= ToolRounds.ROUNDS; round++) {
                if (round % StrictServer.ROUNDS_OF_A_TURN == 1) {
                    rounds.user("And now? " + round);
                }
                boolean down = way.fallback && round >= 8 && round <= 11;
                rounds.first.down(down);
                step(rounds, shape, down, where);
                if (round % StrictServer.ROUNDS_OF_A_TURN == 0) {
                    ChatResponse last = step(rounds, shape, down, where);
                    assertTrue(last.toolCalls().isEmpty(), where);
                }
                // The conversation is restored in the middle of a turn, where everything has to be echoed, and after
                // the first turn.
                int inTurn = round % StrictServer.ROUNDS_OF_A_TURN;
                if (way.stored && (inTurn == 3 || round == StrictServer.ROUNDS_OF_A_TURN)) {
                    rounds.restore();
                }
            }
            int answers = ToolRounds.ROUNDS + ToolRounds.ROUNDS / StrictServer.ROUNDS_OF_A_TURN;
            assertEquals(way.fallback ? 5 : 0, rounds.second.answers(), where);
            assertEquals(answers, rounds.first.answers() + rounds.second.answers(), where);
        }
    }

    private static ChatResponse step(ToolRounds rounds, Shape shape, boolean down, String where) {
        ChatResponse answer = rounds.round();
        StrictServer server = down ? rounds.second : rounds.first;
        assertEquals(server.lastReasoning(), answer.message().reasoning().orElse(""), where);
        if (down) {
            rounds.assertAsked(answer, "first", "first", "second");
            boolean leftOut = answer.attempts().get(2).notes().contains(ToolRounds.LEFT_OUT);
            assertEquals(shape != Shape.MISTRAL, leftOut, where);
        } else {
            rounds.assertAsked(answer, "first");
        }
        return answer;
    }
}
