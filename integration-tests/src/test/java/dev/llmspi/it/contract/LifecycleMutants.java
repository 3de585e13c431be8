package dev.llmspi.it.contract;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.LlmProvider;
import java.io.IOException;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Mutants that each have one fault in creation, initialization, closing or thread safety. */
final class LifecycleMutants {

    private LifecycleMutants() {}

    static final class BlocksInCreate extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            // This blocks only where the contract expects no request, because otherwise the rules would take too long
            // in total.
            if (provider.endpoint().filter(url -> url.getPort() == 9).isPresent()) {
                pause(110);
            }
            return super.mutated(provider);
        }
    }

    static final class ConnectsInCreate extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            connect(provider);
            return super.mutated(provider);
        }
    }

    static final class ConnectsInInitialize extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return new Decorator(provider) {
                @Override
                public void initialize() {
                    connect(inner());
                }
            };
        }
    }

    private static void connect(LlmProvider provider) {
        provider.endpoint().filter(url -> url.getPort() > 0).ifPresent(url -> {
            try (Socket socket = new Socket(url.getHost(), url.getPort())) {
                socket.getOutputStream().write("GET /models HTTP/1.1\r\n\r\n".getBytes());
                int unused = socket.getInputStream().read();
            } catch (IOException e) {
                // if no server is running, the mutant cannot connect and does nothing
            }
        });
    }

    static final class HasAnotherName extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return new Decorator(provider) {
                @Override
                public String name() {
                    return "another";
                }
            };
        }
    }

    /** Lets concurrent calls see each other's requests. */
    static final class SharesStateBetweenThreads extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            CyclicBarrier meeting = new CyclicBarrier(2);
            return new Decorator(provider) {
                private volatile ChatRequest current;

                @Override
                public ChatResponse chat(ChatRequest request, CallContext context) {
                    current = request;
                    try {
                        meeting.await(5, TimeUnit.MILLISECONDS);
                    } catch (Exception e) {
                        meeting.reset();
                    }
                    return inner().chat(current, context);
                }
            };
        }
    }

    /**
     * Behaves like a provider that keeps its connections in a static field, so that closing one instance closes all.
     */
    static final class ClosesAllWithOne extends Mutant {
        private static final Set<LlmProvider> ALL = ConcurrentHashMap.newKeySet();

        @Override
        LlmProvider mutated(LlmProvider provider) {
            ALL.add(provider);
            return new Decorator(provider) {
                @Override
                public void close() {
                    ALL.forEach(LlmProvider::close);
                    ALL.clear();
                }
            };
        }
    }

    static final class ThrowsWhenClosedAgain extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            AtomicInteger closed = new AtomicInteger();
            return new Decorator(provider) {
                @Override
                public void close() {
                    inner().close();
                    if (closed.getAndIncrement() > 0) {
                        throw new IllegalStateException("closed already");
                    }
                }
            };
        }
    }

    private static void pause(int millis) {
        try {
            boolean unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
