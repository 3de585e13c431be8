package dev.llmspi.it.faults;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

/**
 * Requests each {@link HostileBody} in a JVM with a small heap, on four threads at once, and prints a line for each
 * call. It knows only the names of the bodies, so that the bodies do not take up memory in this JVM.
 */
final class SmallHeapClient {

    static final int AT_ONCE = 4;

    private final LlmClient client;
    private final CyclicBarrier together = new CyclicBarrier(AT_ONCE);

    private SmallHeapClient(LlmClient client) {
        this.client = client;
    }

    /** @param arguments the server URL, followed by the names of the bodies */
    public static void main(String[] arguments) throws Exception {
        List<String> bodies = Arrays.asList(arguments).subList(1, arguments.length);
        LlmClientBuilder builder = LlmClient.builder().set("llm.retry.max-retries", 0);
        for (String body : bodies) {
            builder = builder.provider(body, block -> block.type("openrouter")
                    .apiKey("k")
                    .defaultModel("m")
                    .baseUrl(arguments[0] + "/" + body));
        }
        try (LlmClient client = builder.build()) {
            new SmallHeapClient(client).run(bodies);
        }
    }

    private void run(List<String> bodies) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            Thread thread = new Thread(() -> {
                meet(bodies.get(0)); // an unmeasured call loads the classes
                bodies.forEach(body -> System.out.println(meet(body)));
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private String meet(String body) {
        try {
            together.await(1, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        CallOptions options = CallOptions.builder().provider(body).build();
        long start = System.nanoTime();
        String end;
        try {
            if (body.startsWith("STREAM")) {
                client.stream(ChatRequest.of("hi"), options).collect();
            } else {
                client.chat(ChatRequest.of("hi"), options);
            }
            end = "ANSWER";
        } catch (LlmException e) {
            end = causedByError(e) ? "ERROR " + e : e.kind().name();
        } catch (RuntimeException | Error e) {
            end = e.toString();
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        return body + " " + millis + " " + end.replace('\n', ' ');
    }

    private static boolean causedByError(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Error) {
                return true;
            }
        }
        return false;
    }
}
