package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.CallContext;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.FakeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for concurrent calls. */
public abstract class ThreadRules extends ContractRules {

    private static final int CALLS = 16;
    private static final Pattern NUMBER = Pattern.compile("question number (\\d+)");

    ThreadRules(LlmProviderContract contract) {
        super(contract);
    }

    /**
     * Makes concurrent calls that all wait at the server at the same time, and asserts that each call receives the
     * answer to its own question.
     */
    private void assertOwnAnswers(Function<String, FakeReply> reply, Function<String, String> call) throws Exception {
        HttpBench http = http();
        CyclicBarrier all = new CyclicBarrier(CALLS);
        http.server()
                .replies(request -> {
                    try {
                        all.await(BackgroundCall.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                    } catch (Exception e) {
                        // ignored, because a provider that limits concurrent calls is slow but not wrong
                    }
                    return reply.apply("answer number " + number(request));
                })
                .repeat();
        List<BackgroundCall<String>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            String question = "question number " + i;
            calls.add(BackgroundCall.begin(() -> call.apply(question)));
        }
        for (int i = 0; i < CALLS; i++) {
            assertEquals("answer number " + i, calls.get(i).result());
        }
    }

    private static String number(FakeRequest request) {
        Matcher number = NUMBER.matcher(request.body());
        return number.find() ? number.group(1) : "none";
    }

    @Test
    @DisplayName("10.1 concurrent calls each receive their own answer")
    public void rule10_1_calls() throws Exception {
        assertOwnAnswers(
                text -> FakeReply.json(200, author().answer(text)),
                question -> chat(ask(question), CallContext.create()).text());
    }

    @Test
    @DisplayName("10.2 concurrent streams each receive their own pieces")
    public void rule10_2_streams() throws Exception {
        HttpProviderContract author = author();
        author.streamEnd();
        assertOwnAnswers(
                text -> FakeReply.stream(author.streamType())
                        .piece(author.streamStart())
                        .piece(author.streamText(text.substring(0, 7)))
                        .piece(author.streamText(text.substring(7)))
                        .piece(author.streamEnd())
                        .end(),
                question -> stream(ask(question)).collect().text());
    }
}
