package dev.llmspi.it.faults;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.CredentialException;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes calls in a process whose number of threads is limited: while there is no thread left, and after there are
 * threads again. Prints a line for each call: when it was made, what it was and how it ended.
 */
final class ThreadLimitClient {

    private static final ChatRequest REQUEST = ChatRequest.of("hi");
    private static final CallOptions AT_Q = CallOptions.builder().provider("q").build();
    private static final Duration UNREAD = Duration.ofMillis(300);

    private final String url;
    private final Map<String, LlmClient> clients = new LinkedHashMap<>();

    private ThreadLimitClient(String url) {
        this.url = url;
    }

    /** @param arguments the server's URL */
    public static void main(String[] arguments) throws Exception {
        new ThreadLimitClient(arguments[0]).run();
        System.exit(0); // calls that never end must not keep this JVM running
    }

    private LlmClient client(String name, String path) {
        LlmClient client = LlmClient.builder()
                .set("llm.retry.max-retries", 0)
                .provider("p", block -> block.type("openai")
                        .apiKey(ThreadLimitClient::asked)
                        .defaultModel("m")
                        .baseUrl(url + path))
                .provider("q", block -> block.type("openai")
                        .apiKey("k")
                        .defaultModel("m")
                        .baseUrl(url.replace("127.0.0.1", "localhost") + path))
                .chain("default", "p")
                .build();
        clients.put(name, client);
        return client;
    }

    private void run() throws Exception {
        LlmClient fresh = client("fresh", "/answers");
        LlmClient used = client("used", "/answers");
        used.chat(REQUEST);
        LlmClient asynchronous = client("asynchronous", "/answers");
        asynchronous.chat(REQUEST);
        AtomicInteger loads = new AtomicInteger();
        Credential credential = Credential.cached(() -> Secret.of("key" + loads.incrementAndGet()));
        LlmClient streaming = client("streaming", "/streams");
        ChatStream unread =
                streaming.stream(REQUEST, CallOptions.builder().timeout(UNREAD).build());
        Iterator<ChatStreamEvent> events = unread.iterator();
        while (!events.next().isContent()) {
            // the first content ends the attempt timeout, and from then on nothing is read
        }

        CountDownLatch release = new CountDownLatch(1);
        List<Thread> threads = takeAllThreads(release);
        print("without", "first call", () -> fresh.chat(REQUEST).text());
        print("without", "call", () -> used.chat(REQUEST).text());
        print("without", "future", () -> value(asynchronous.chatAsync(REQUEST)).text());
        print("without", "credential", () -> key(credential));
        print("without", "new connection", () -> used.chat(REQUEST, AT_Q).text());
        print("without", "new client", () -> client("new", "/answers")
                .chat(REQUEST)
                .text());
        passUnreadTimeout();
        release.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        print("with", "first call", () -> fresh.chat(REQUEST).text());
        print("with", "call", () -> used.chat(REQUEST).text());
        print("with", "future", () -> value(asynchronous.chatAsync(REQUEST)).text());
        print("with", "credential", () -> key(credential));
        print("with", "credential", () -> credential.renew(Secret.of("key1")));
        print("with", "new connection", () -> used.chat(REQUEST, AT_Q).text());
        print("with", "new client", () -> clients.get("new").chat(REQUEST).text());
        clients.forEach((name, client) -> print("shutdown", name, () -> client.shutdown(Duration.ofSeconds(10))));
    }

    /** A source of keys that must not be asked on the thread of a call, which could not leave it at a timeout. */
    private static Secret asked(CallContext context) {
        String thread = Thread.currentThread().getName();
        if (!thread.startsWith("llmspi-key")) {
            throw new CredentialException("asked on the thread " + thread);
        }
        return Secret.of("k");
    }

    private static String key(Credential credential) {
        return credential.secret(CallContext.create()).reveal();
    }

    /** Starts threads that do nothing until the process cannot have another one. */
    private static List<Thread> takeAllThreads(CountDownLatch release) {
        List<Thread> threads = new ArrayList<>();
        while (true) {
            Thread thread = new Thread(() -> {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    // ends too early
                }
            });
            thread.setDaemon(true);
            try {
                thread.start();
            } catch (OutOfMemoryError e) {
                return threads;
            }
            threads.add(thread);
        }
    }

    /** Returns after the total timeout of the unread stream, which nothing else shows while there is no thread. */
    private static void passUnreadTimeout() throws InterruptedException {
        Thread.currentThread().join(2 * UNREAD.toMillis());
    }

    private static <T> T value(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw LlmException.from(e).orElseThrow(() -> new IllegalStateException(e.getCause()));
        }
    }

    private static void print(String when, String what, Callable<?> call) {
        String end;
        try {
            end = String.valueOf(call.call());
        } catch (LlmException e) {
            end = e.getMessage().contains("another thread") ? "no thread" : e.toString();
        } catch (Throwable e) {
            end = e.toString().contains("unable to create native thread") ? "no thread" : e.toString();
        }
        System.out.println(when + ": " + what + ": " + end.replace('\n', ' '));
    }
}
