package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.core.LlmClient;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import org.junit.jupiter.api.Test;

/** Shows how an application can test its fallback configuration without a network and without waiting. */
class FallbackInTenLinesTest {

    private final ScriptedProvider primary = ScriptedProvider.named("primary");
    private final ScriptedProvider secondary = ScriptedProvider.named("secondary");
    private final RecordingListener listener = RecordingListener.create();

    @Test
    void primaryOutOfCredit_secondaryAnswers() {
        primary.fails(ErrorKind.RESOURCE_EXHAUSTED);
        secondary.answers("hello");
        try (LlmClient client = client()) {

            assertEquals("hello", client.complete("hi"));

            assertEquals(1, primary.calls());
            assertEquals("secondary", listener.events(FailedOver.class).get(0).to());
        }
    }

    @Test
    void bothDown_oneErrorListsEveryAttempt() {
        primary.fails(ErrorKind.SERVICE).repeat();
        secondary.fails(ErrorKind.SERVICE).repeat();
        try (LlmClient client = client()) {

            LlmException error = assertThrows(LlmServiceException.class, () -> client.complete("hi"));

            assertEquals(
                    primary.calls() + secondary.calls(),
                    error.attempts().stream().filter(Attempt::sent).count());
        }
    }

    private LlmClient client() {
        return LlmClient.builder()
                .provider(primary)
                .provider(secondary)
                .chain("default", "primary", "secondary")
                .timeSource(ManualTimeSource.create())
                .listener(listener)
                .build();
    }
}
