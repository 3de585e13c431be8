package dev.llmspi.it.contract;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmConnectionException;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.spi.ProviderConfig;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * Mutants that each have one fault in answers, errors, cancellation or the handling of secrets. See
 * {@link StreamMutants} and {@link LifecycleMutants} for the other mutants.
 */
final class Mutants {

    private Mutants() {}

    static final class LosesRetryAfter extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withErrors(
                    provider, error -> error.toBuilder().retryAfter(null).build());
        }
    }

    static final class LeaksKeyInToString extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider, ProviderConfig config) {
            return new Decorator(provider) {
                @Override
                public String toString() {
                    return inner() + " with " + config.string("api-key").orElse("no key");
                }
            };
        }
    }

    static final class LeaksKeyInErrors extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider, ProviderConfig config) {
            return withErrors(provider, error -> error.toBuilder()
                    .cause(new IOException(String.valueOf(config.as("api-key", String.class))))
                    .build());
        }
    }

    static final class IgnoresCancelWhileWaiting extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return new Decorator(provider) {
                @Override
                public ChatResponse chat(ChatRequest request, CallContext context) {
                    context.cancellation().throwIfCancelled();
                    return inner().chat(request, uncancelled(context));
                }
            };
        }
    }

    static final class IgnoresCancelBeforehand extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return new Decorator(provider) {
                @Override
                public ChatResponse chat(ChatRequest request, CallContext context) {
                    boolean late = context.cancellation().isCancelled();
                    return inner().chat(request, late ? uncancelled(context) : context);
                }
            };
        }
    }

    private static CallContext uncancelled(CallContext context) {
        return CallContext.builder()
                .callId(context.callId())
                .headers(context.headers())
                .cancellation(Cancellation.create())
                .build();
    }

    static final class TakesRejectedKeyForTrouble extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withErrors(
                    provider,
                    error -> error.kind() == ErrorKind.AUTHENTICATION
                            ? LlmServiceException.builder()
                                    .provider(error.provider())
                                    .message(error.getMessage())
                                    .reason(error.reason().orElse(null))
                                    .build()
                            : error);
        }
    }

    static final class SendsTwice extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return new Decorator(provider) {
                @Override
                ChatResponse chat(Supplier<ChatResponse> good) {
                    ChatResponse answer = good.get();
                    try {
                        return good.get();
                    } catch (LlmException e) {
                        return answer;
                    }
                }
            };
        }
    }

    static final class RetriesItself extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return new Decorator(provider) {
                @Override
                ChatResponse chat(Supplier<ChatResponse> good) {
                    try {
                        return good.get();
                    } catch (LlmException e) {
                        return again(good, e);
                    }
                }

                private ChatResponse again(Supplier<ChatResponse> good, LlmException first) {
                    if (first.status().orElse(503) != 503) {
                        throw first;
                    }
                    try {
                        return good.get();
                    } catch (LlmException e) {
                        throw first;
                    }
                }
            };
        }
    }

    static final class GivesNull extends Mutant {
        @Override
        @SuppressWarnings("NullAway")
        LlmProvider mutated(LlmProvider provider) {
            return withAnswers(provider, answer -> null);
        }
    }

    static final class MakesAnAnswerOfNothing extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return new Decorator(provider) {
                @Override
                ChatResponse chat(Supplier<ChatResponse> good) {
                    try {
                        return good.get();
                    } catch (LlmServiceException e) {
                        if (e.status().orElse(0) != 200) {
                            throw e;
                        }
                        return ChatResponse.builder(AssistantMessage.of("")).build();
                    }
                }
            };
        }
    }

    static final class LosesUsage extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withAnswers(
                    provider, answer -> answer.toBuilder().usage(Usage.none()).build());
        }
    }

    static final class PassesServerTextOn extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withErrors(provider, error -> error.toBuilder()
                    .message(error.getMessage() + "\nThe server said much more.")
                    .build());
        }
    }

    static final class TakesALostConnectionForUnsent extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withErrors(
                    provider,
                    error -> error instanceof LlmConnectionException
                            ? error.toBuilder().requestSent(false).build()
                            : error);
        }
    }
}
