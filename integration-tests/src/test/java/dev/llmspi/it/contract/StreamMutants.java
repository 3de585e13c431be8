package dev.llmspi.it.contract;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.Finish;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.ChatStreamEvent.ToolCallDelta;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.UnfinishedStreamException;
import dev.llmspi.api.error.LlmConnectionException;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Mutants that each have one fault in their streams. */
final class StreamMutants {

    private StreamMutants() {}

    static final class NamesTheCallInPlaceOfTheModel extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return new Decorator(provider) {
                @Override
                public ChatStream stream(ChatRequest request, CallContext context) {
                    ChatStream good = inner().stream(request, context);
                    return ChatStream.of(name(), context.callId(), good.source());
                }
            };
        }
    }

    static final class TakesACutForTheEnd extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withStreams(provider, good -> new OtherSource(good) {
                @Override
                public @Nullable ChatStreamEvent next() {
                    try {
                        return good.next();
                    } catch (LlmConnectionException e) {
                        if (e.reason().equals(Optional.of(ErrorReason.CONNECTION_LOST))) {
                            return Finish.of(FinishReason.STOP);
                        }
                        throw e;
                    }
                }
            });
        }
    }

    static final class TakesTheEndForAFinish extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withStreams(provider, good -> new OtherSource(good) {
                @Override
                public @Nullable ChatStreamEvent next() {
                    try {
                        return good.next();
                    } catch (LlmServiceException e) {
                        if (e.getMessage().contains("before the answer was complete")) {
                            return Finish.of(FinishReason.STOP);
                        }
                        throw e;
                    }
                }
            });
        }
    }

    static final class DropsAPieceOfArguments extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withStreams(provider, good -> new OtherSource(good) {
                private int fragments;

                @Override
                public @Nullable ChatStreamEvent next() {
                    ChatStreamEvent event = good.next();
                    boolean dropped = event instanceof ToolCallDelta delta
                            && !delta.argumentsFragment().isEmpty()
                            && ++fragments == 2;
                    return dropped ? good.next() : event;
                }
            });
        }
    }

    static final class SendsEmptyPieces extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withStreams(provider, good -> new OtherSource(good) {
                private @Nullable ChatStreamEvent next;

                @Override
                public @Nullable ChatStreamEvent next() {
                    ChatStreamEvent event = next != null ? next : good.next();
                    if (next == null && event instanceof TextDelta) {
                        next = event;
                        return new TextDelta("");
                    }
                    next = null;
                    return event;
                }
            });
        }
    }

    static final class WaitsForTheWholeStream extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withStreams(provider, good -> new OtherSource(good) {
                private @Nullable Queue<ChatStreamEvent> all;
                private @Nullable RuntimeException end;

                @Override
                public @Nullable ChatStreamEvent next() {
                    Queue<ChatStreamEvent> events = all;
                    if (events == null) {
                        events = new ArrayDeque<>();
                        all = events;
                        readAll(events);
                    }
                    ChatStreamEvent event = events.poll();
                    if (event == null && end != null) {
                        throw end;
                    }
                    return event;
                }

                private void readAll(Queue<ChatStreamEvent> events) {
                    try {
                        ChatStreamEvent event;
                        do {
                            event = good.next();
                            if (event != null) {
                                events.add(event);
                            }
                        } while (event != null && !(event instanceof Finish));
                    } catch (LlmException | UnfinishedStreamException e) {
                        end = e;
                    }
                }
            });
        }
    }

    static final class IgnoresClose extends Mutant {
        @Override
        LlmProvider mutated(LlmProvider provider) {
            return withStreams(provider, good -> new OtherSource(good) {
                @Override
                public void close() {
                    // a reader that is waiting for the next event is not released
                }
            });
        }
    }
}
