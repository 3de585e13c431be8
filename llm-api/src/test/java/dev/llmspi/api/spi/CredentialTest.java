package dev.llmspi.api.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialTest {

    private final CallContext context = CallContext.create();

    @TempDir
    Path folder;

    @Test
    void secret_printed_showsNothing() {
        Secret secret = Secret.of("  abc\r\n");
        assertEquals("abc", secret.reveal());
        assertEquals("***", secret.toString());
        assertFalse(Credential.of(secret).toString().contains("abc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "canary x", "schlüssel", "a\u0000b"})
    void secret_thatCannotStandInAHeader_isRefusedWithoutShowingIt(String text) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, () -> Secret.of(text));
        assertTrue(text.isBlank() || !error.getMessage().contains(text), error.getMessage());
    }

    @Test
    void file_changed_isReadAgain() throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "one\n");
        Credential credential = Credential.file(file);
        assertEquals("one", credential.secret(context).reveal());
        Files.writeString(file, "second\n");
        assertEquals("second", credential.secret(context).reveal());
        assertFalse(credential.renew(Secret.of("second")));
        assertTrue(credential.renew(Secret.of("one")));
    }

    @Test
    void file_missing_saysWhichFile() {
        Credential credential = Credential.file(folder.resolve("none"));
        UncheckedIOException error = assertThrows(UncheckedIOException.class, () -> credential.secret(context));
        assertTrue(error.getMessage().contains("none"), error.getMessage());
    }

    @Test
    void cached_rejected_isLoadedAgainOnce() {
        AtomicInteger loads = new AtomicInteger();
        Credential credential = Credential.cached(() -> Secret.of("key-" + loads.incrementAndGet()));
        Secret first = credential.secret(context);
        assertEquals(first, credential.secret(context));
        assertTrue(credential.renew(first));
        assertTrue(credential.renew(first)); // another thread saw the same rejection: the key is new already
        assertEquals("key-2", credential.secret(context).reveal());
        assertEquals(2, loads.get());
    }

    @Test
    void cached_sourceHangs_waitsNoLongerThanTheCallAndKeepsWhatComesLater() throws Exception {
        CompletableFuture<Secret> source = new CompletableFuture<>();
        AtomicInteger loads = new AtomicInteger();
        Credential credential = Credential.cached(() -> {
            loads.incrementAndGet();
            return source.join();
        });
        for (int call = 0; call < 2; call++) {
            Cancellation cancellation = Cancellation.create();
            CallContext ending =
                    CallContext.builder().cancellation(cancellation).build();
            CompletableFuture<Secret> asked = CompletableFuture.supplyAsync(() -> credential.secret(ending));
            cancellation.cancel();
            ExecutionException error = assertThrows(ExecutionException.class, () -> asked.get(10, TimeUnit.SECONDS));
            assertInstanceOf(CancellationException.class, error.getCause());
        }
        source.complete(Secret.of("late"));
        assertEquals("late", credential.secret(context).reveal());
        assertEquals(1, loads.get());
    }

    @Test
    void cached_sourceFails_failsWhoWaitsAndIsAskedAgain() {
        AtomicInteger loads = new AtomicInteger();
        Credential credential = Credential.cached(() -> {
            if (loads.incrementAndGet() < 3) {
                throw new IllegalArgumentException("down");
            }
            return Secret.of("key-" + loads);
        });
        for (int call = 0; call < 2; call++) {
            IllegalStateException error = assertThrows(IllegalStateException.class, () -> credential.secret(context));
            assertInstanceOf(IllegalArgumentException.class, error.getCause());
        }
        assertEquals("key-3", credential.secret(context).reveal());
        loads.set(0);
        assertThrows(IllegalStateException.class, () -> credential.renew(Secret.of("key-3"), context));
        assertEquals("key-3", credential.secret(context).reveal());
    }
}
