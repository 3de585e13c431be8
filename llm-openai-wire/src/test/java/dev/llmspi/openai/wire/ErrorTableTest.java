package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.llmspi.openai.wire.ErrorTable.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What statuses, words and texts mean, line by line; {@code -} stands for nothing. */
class ErrorTableTest {

    private static String shown(Verdict verdict) {
        return verdict == null
                ? "-"
                : verdict.kind()
                        + (verdict.reason() == null ? "" : " " + verdict.reason())
                        + (verdict.retryHere() == null ? "" : " here " + verdict.retryHere())
                        + (verdict.tryNext() == null ? "" : " next " + verdict.tryNext());
    }

    @ParameterizedTest
    @CsvSource({
        "200, SERVICE",
        "299, SERVICE",
        "300, SERVICE REDIRECT here false",
        "399, SERVICE REDIRECT here false",
        "400, INVALID_REQUEST",
        "401, AUTHENTICATION",
        "402, RESOURCE_EXHAUSTED INSUFFICIENT_CREDIT",
        "403, AUTHENTICATION",
        "404, INVALID_REQUEST PROVIDER_SETTINGS next true",
        "405, INVALID_REQUEST",
        "407, CONNECTION PROXY_AUTHENTICATION here false",
        "408, TIMEOUT REMOTE_TIMEOUT",
        "409, SERVICE",
        "412, RESOURCE_EXHAUSTED QUOTA",
        "413, INVALID_REQUEST TOO_LARGE",
        "422, INVALID_REQUEST",
        "429, RATE_LIMIT",
        "446, INVALID_REQUEST CONTENT_FILTERED",
        "499, INVALID_REQUEST",
        "500, SERVICE",
        "504, TIMEOUT REMOTE_TIMEOUT",
        "524, TIMEOUT REMOTE_TIMEOUT",
        "599, SERVICE",
    })
    void byStatus_each_hasItsVerdict(int status, String verdict) {
        assertEquals(verdict, shown(ErrorTable.byStatus(status)));
    }

    @ParameterizedTest
    @CsvSource({
        "context_length_exceeded, MODEL CONTEXT_LENGTH",
        "model_not_found, MODEL MODEL_NOT_FOUND",
        "Model_Deprecated, MODEL MODEL_NOT_FOUND",
        "model_not_available, MODEL MODEL_NOT_FOUND",
        "insufficient_quota, RESOURCE_EXHAUSTED QUOTA",
        "content_policy_violation, INVALID_REQUEST CONTENT_FILTERED",
        "content_filter, INVALID_REQUEST CONTENT_FILTERED",
        "moderation_blocked, INVALID_REQUEST CONTENT_FILTERED",
        "billing_hard_limit_reached, RESOURCE_EXHAUSTED INSUFFICIENT_CREDIT",
        "server_error, -",
        "'', -",
    })
    void byWord_thatSaysMoreThanAStatus_decidesWhateverTheStatus(String word, String verdict) {
        for (int status : new int[] {200, 400, 429, 500}) {
            assertEquals(verdict, shown(ErrorTable.byWord(word, status)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rate_limit_exceeded, 429",
        "rate_limit_error, 429",
        "rate_limited, 429",
        "too_many_requests, 429",
        "invalid_api_key, 401",
        "authentication, 401",
        "authentication_error, 401",
        "unauthorized, 401",
        "payment_required, 402",
        "insufficient_credits, 402",
        "timeout, 408",
        "timeout_error, 408",
        "request_timeout, 408",
        "invalid_request_error, 400",
        "invalid_request, 400",
        "bad_request, 400",
    })
    void byWord_thatSaysWhatAStatusWould_countsInsideASuccessOnly(String word, int status) {
        assertEquals(shown(ErrorTable.byStatus(status)), shown(ErrorTable.byWord(word, 200)));
        assertEquals(shown(ErrorTable.byStatus(status)), shown(ErrorTable.byWord(word, 299)));
        assertNull(ErrorTable.byWord(word, 300));
        assertNull(ErrorTable.byWord(word, 500));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | exceeds the Context Length of 8192     | MODEL CONTEXT_LENGTH",
                "413 | beyond the context window              | MODEL CONTEXT_LENGTH",
                "422 | prompt is too long: 9000 > 8000        | MODEL CONTEXT_LENGTH",
                "400 | too many tokens                        | MODEL CONTEXT_LENGTH",
                "429 | too many tokens                        | -",
                "500 | context length                         | -",
                "400 | x/y is not a valid model ID            | MODEL MODEL_NOT_FOUND",
                "404 | Model not found: x/y                   | MODEL MODEL_NOT_FOUND",
                "404 | The model `x` does not exist           | MODEL MODEL_NOT_FOUND",
                "400 | this model has been deprecated         | MODEL MODEL_NOT_FOUND",
                "400 | model x not supported by provider y    | MODEL MODEL_NOT_FOUND",
                "404 | the route does not exist               | -",
                "400 | the model likes this                   | -",
                "422 | model not found                        | -",
                "429 | You exceeded your current quota        | RESOURCE_EXHAUSTED QUOTA",
                "429 | no credit left                         | RESOURCE_EXHAUSTED QUOTA",
                "429 | check your billing details             | RESOURCE_EXHAUSTED QUOTA",
                "429 | quota of 5 requests per minute         | -",
                "429 | quota per-min reached                  | -",
                "429 | quota: 3 per second                    | -",
                "429 | slow down                              | -",
                "400 | quota                                  | -",
            })
    void byText_decidesForItsStatusesOnly(int status, String text, String verdict) {
        assertEquals(verdict, shown(ErrorTable.byText(text, status)));
    }
}
