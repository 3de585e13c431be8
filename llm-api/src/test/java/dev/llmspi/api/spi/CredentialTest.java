package dev.llmspi.api.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    void secret_notAllowedInAHeader_isRejectedWithoutShowingIt(String text) {
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
    void file_missing_errorNamesTheFile() {
        Credential credential = Credential.file(folder.resolve("none"));
        CredentialException error = assertThrows(CredentialException.class, () -> credential.secret(context));
        assertTrue(error.getMessage().contains("none"), error.getMessage());
    }

    @Test
    void cached_rejected_isLoadedAgainOnce() {
        AtomicInteger loads = new AtomicInteger();
        Credential credential = Credential.cached(() -> Secret.of("key-" + loads.incrementAndGet()));
        Secret first = credential.secret(context);
        assertEquals(first, credential.secret(context));
        assertTrue(credential.renew(first));
        // Another thread saw the same rejection, and the key has already been renewed.
        assertTrue(credential.renew(first));
        assertEquals("key-2", credential.secret(context).reveal());
        assertEquals(2, loads.get());
    }

    @Test
    void cached_sourceHangs_waitsNoLongerThanTheCallAndKeepsTheLateKey() throws Exception {
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
            CredentialException unanswered = assertInstanceOf(CredentialException.class, error.getCause());
            assertTrue(unanswered.isTimeout());
        }
        source.complete(Secret.of("late"));
        assertEquals("late", credential.secret(context).reveal());
        assertEquals(1, loads.get());
    }

    @Test
    void cached_sourceFails_failsTheWaitingCallsAndLoadsAgain() {
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

    @Test
    void guarded_anyThread_asksWithTheContextClassLoaderOfTheCaller() throws Exception {
        List<ClassLoader> seen = new ArrayList<>();
        Credential credential = GuardedCredential.guard(
                asked -> {
                    seen.add(Thread.currentThread().getContextClassLoader());
                    return Secret.of("key");
                },
                "the source");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        List<ClassLoader> expected = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                ClassLoader loader = new ClassLoader(before) {};
                thread.setContextClassLoader(loader);
                expected.add(loader);
                credential.secret(context);
            }
        } finally {
            thread.setContextClassLoader(before);
        }
        assertEquals(expected, seen);
    }

    @Test
    void guarded_noThread_theSourceIsNotAskedOnTheCallersThread() {
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean full = new AtomicBoolean(true);
        Credential credential =
                new GuardedCredential(question -> Secret.of("key-" + asked.incrementAndGet()), "the source", work -> {
                    if (full.get()) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return new Thread(work);
                });
        assertThrows(OutOfMemoryError.class, () -> credential.secret(context));
        assertThrows(OutOfMemoryError.class, () -> credential.renew(Secret.of("old"), context));
        assertEquals(0, asked.get());
        full.set(false);
        assertEquals("key-1", credential.secret(context).reveal());
    }

    @Test
    void guarded_allThreadsHang_errorSaysSoUntilTheyEnd() throws Exception {
        CompletableFuture<Secret> source = new CompletableFuture<>();
        Semaphore asked = new Semaphore(0);
        Credential credential = GuardedCredential.guard(
                question -> {
                    asked.release();
                    return source.join();
                },
                "the source");
        for (int i = 0; i < 64; i++) {
            Cancellation cancellation = Cancellation.create();
            CallContext ending =
                    CallContext.builder().cancellation(cancellation).build();
            CompletableFuture<Secret> answer = CompletableFuture.supplyAsync(() -> credential.secret(ending));
            assertTrue(asked.tryAcquire(10, TimeUnit.SECONDS));
            cancellation.cancel();
            ExecutionException error = assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
            assertEquals("the source has not answered yet", error.getCause().getMessage());
        }
        Cancellation cancelled = Cancellation.create();
        cancelled.cancel();
        CallContext ended = CallContext.builder().cancellation(cancelled).build();
        CredentialException busy = assertThrows(CredentialException.class, () -> credential.secret(ended));
        assertEquals("the source has not answered yet: 64 earlier questions have not ended", busy.getMessage());
        assertTrue(busy.isTimeout());
        source.complete(Secret.of("late"));
        assertEquals("late", credential.secret(context).reveal());
    }
}
