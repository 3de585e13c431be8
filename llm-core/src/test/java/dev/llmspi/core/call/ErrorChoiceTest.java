package dev.llmspi.core.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests which of two errors the caller gets, for every pair of errors. */
class ErrorChoiceTest {

    private static LlmException error(ErrorKind kind, @Nullable ErrorReason reason, boolean sent) {
        return LlmException.builder(kind)
                .message(kind + " " + reason + (sent ? "" : ", unsent"))
                .reason(reason)
                .requestSent(sent)
                .build();
    }

    private static LlmException sent(ErrorKind kind, @Nullable ErrorReason reason) {
        return error(kind, reason, true);
    }

    /** The errors of each rank, beginning with the least informative rank. */
    private static final List<List<LlmException>> RANKS = List.of(
            List.of(error(ErrorKind.MODEL, ErrorReason.NOT_MAPPED, false)),
            List.of(
                    sent(ErrorKind.AUTHENTICATION, null),
                    sent(ErrorKind.AUTHENTICATION, ErrorReason.FORBIDDEN),
                    error(ErrorKind.AUTHENTICATION, ErrorReason.MISSING_CREDENTIAL, false),
                    sent(ErrorKind.RESOURCE_EXHAUSTED, ErrorReason.QUOTA),
                    sent(ErrorKind.MODEL, ErrorReason.MODEL_NOT_FOUND),
                    sent(ErrorKind.MODEL, ErrorReason.MISSING_CAPABILITY),
                    sent(ErrorKind.MODEL, ErrorReason.NOT_MAPPED),
                    sent(ErrorKind.INVALID_REQUEST, ErrorReason.UNRECOGNISED),
                    sent(ErrorKind.INVALID_REQUEST, ErrorReason.PROVIDER_SETTINGS)),
            List.of(
                    sent(ErrorKind.RATE_LIMIT, null),
                    error(ErrorKind.RATE_LIMIT, ErrorReason.CLIENT_LIMIT, false),
                    sent(ErrorKind.SERVICE, null),
                    sent(ErrorKind.TIMEOUT, ErrorReason.LINK_TIMEOUT),
                    error(ErrorKind.CONNECTION, ErrorReason.CONNECT_FAILED, false)),
            List.of(
                    sent(ErrorKind.MODEL, ErrorReason.CONTEXT_LENGTH),
                    sent(ErrorKind.INVALID_REQUEST, null),
                    sent(ErrorKind.INVALID_REQUEST, ErrorReason.TOO_LARGE)),
            List.of(
                    sent(ErrorKind.INVALID_REQUEST, ErrorReason.CONTENT_FILTERED),
                    error(ErrorKind.INVALID_REQUEST, null, false),
                    error(ErrorKind.INVALID_REQUEST, ErrorReason.TOO_LARGE, false)),
            List.of(error(ErrorKind.TIMEOUT, ErrorReason.TOTAL_TIMEOUT, false)));

    static Stream<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        for (int first = 0; first < RANKS.size(); first++) {
            for (int second = 0; second < RANKS.size(); second++) {
                for (LlmException before : RANKS.get(first)) {
                    for (LlmException error : RANKS.get(second)) {
                        pairs.add(Arguments.of(before, error, first > second ? before : error));
                    }
                }
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void of_twoErrors_isTheMoreTellingOneOrElseTheLater(LlmException before, LlmException error, LlmException chosen) {
        assertSame(chosen, ErrorChoice.of(before, error));
    }

    @Test
    void of_noEarlierError_isTheNewOne() {
        RANKS.forEach(rank -> rank.forEach(error -> assertSame(error, ErrorChoice.of(null, error))));
    }

    @Test
    void isNotAsked_anyError_isTrueOnlyForALinkWithoutAModel() {
        for (List<LlmException> rank : RANKS) {
            for (LlmException error : rank) {
                assertEquals(rank == RANKS.get(0), ErrorChoice.isNotAsked(error), error.getMessage());
            }
        }
    }
}
