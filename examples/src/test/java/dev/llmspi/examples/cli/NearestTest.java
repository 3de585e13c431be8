package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestTest {

    private static final List<String> COMMANDS = List.of("demo", "chat", "providers", "route", "models", "account");

    @Test
    void to_aSlipOrTwo_findsTheWord() {
        assertEquals(Optional.of("chat"), Nearest.to("caht", COMMANDS));
        assertEquals(Optional.of("providers"), Nearest.to("provdier", COMMANDS));
        assertEquals(Optional.of("models"), Nearest.to("model", COMMANDS));
    }

    @Test
    void to_somethingElse_findsNothing() {
        assertEquals(Optional.empty(), Nearest.to("stream", COMMANDS));
        assertEquals(Optional.empty(), Nearest.to("x", List.of()));
    }
}
