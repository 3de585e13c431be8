package dev.llmspi.provider.openrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.ModelAvailability;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests all eight kinds of error and their properties over a real socket. */
@Timeout(20)
class EightErrorsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "401|{'error':{'code':401,'message':'User not found: "
                        + "sk-or-v1-c4n4ry0123456789abcdef'}}|AUTHENTICATION||401||",
                "403|{'error':{'code':403,'message':'key lacks permission'}}|AUTHENTICATION||403||",
                "429|{'error':{'code':429,'message':'slow, a prompt with c4n4ryprompt in it'}}|RATE_LIMIT||429||",
                "402|{'error':{'code':402,'message':'busy',"
                        + "'metadata':{'limit_source':'openrouter_in_flight_budget'}}}|RATE_LIMIT|"
                        + "IN_FLIGHT_BUDGET|402||",
                "402|{'error':{'code':402,'message':'Insufficient credits'}}|RESOURCE_EXHAUSTED|"
                        + "INSUFFICIENT_CREDIT|402||",
                "402|{'error':{'code':402,'message':'m',"
                        + "'metadata':{'limit_source':'openrouter_key_limit'}}}|RESOURCE_EXHAUSTED|QUOTA|402||",
                "429|{'error':{'code':429,'message':'m',"
                        + "'metadata':{'limit_source':'openrouter_free_tier_daily'}}}|RESOURCE_EXHAUSTED|QUOTA|"
                        + "429||",
                "400|{'error':{'code':400,'message':'bad temperature'}}|INVALID_REQUEST|UNRECOGNISED|400||",
                "412|{'error':{'code':412,'message':'m'}}|INVALID_REQUEST||412||",
                "403|{'error':{'code':403,'message':'m','metadata':{'reasons':['x'],"
                        + "'flagged_input':'c4n4ry'}}}|INVALID_REQUEST|CONTENT_FILTERED|403||",
                "403|{'error':{'code':403,'message':'m','metadata':{'patterns':['c4n4ry']}}}|"
                        + "INVALID_REQUEST|CONTENT_FILTERED|403||",
                "400|{'error':{'message':'m','availability':{'code':'wrong_endpoint',"
                        + "'retryable':false}}}|INVALID_REQUEST|PROVIDER_SETTINGS|wrong_endpoint|false|true",
                "400|{'error':{'message':'m','availability':{'code':'a_word_to_come',"
                        + "'retryable':false}}}|INVALID_REQUEST|UNRECOGNISED|a_word_to_come|false|true",
                "400|{'error':{'message':'m','metadata':{'error_type':'refusal'},"
                        + "'availability':{'retryable':false}}}|INVALID_REQUEST|CONTENT_FILTERED|refusal|false|",
                "500|{'error':{'code':500,'message':'Internal Server Error'}}|SERVICE||500||",
                "503|{'error':{'message':'m','availability':{'code':'temporarily_unavailable',"
                        + "'retryable':true}}}|SERVICE||temporarily_unavailable|true|true",
                "529|{'error':{'code':529,'message':'m',"
                        + "'metadata':{'error_type':'provider_overloaded'}}}|SERVICE||529||",
                "500|{'error':{'code':429,'message':'m'}}|RATE_LIMIT||429||",
                "408|{'error':{'code':408,'message':'m'}}|TIMEOUT|REMOTE_TIMEOUT|408||",
                "502|{'error':{'code':502,'message':'m','metadata':{'error_type':'timeout'}}}|TIMEOUT|"
                        + "REMOTE_TIMEOUT|502||",
                "404|{'error':{'code':404,'message':'No endpoints found that support tool use'}}|"
                        + "MODEL|MISSING_CAPABILITY|404||",
                "400|{'error':{'code':400,'message':'m',"
                        + "'metadata':{'error_type':'context_length_exceeded'}}}|MODEL|CONTEXT_LENGTH|400||",
                "404|{'error':{'message':'m','availability':{'code':'no_endpoints',"
                        + "'retryable':true}}}|MODEL|MODEL_NOT_FOUND|no_endpoints|true|true",
                "403|{'error':{'code':403,'message':'This model is only available on x'}}|MODEL|MODEL_NOT_FOUND|403||",
                "404|<html>wrong address</html>|INVALID_REQUEST|PROVIDER_SETTINGS|||true"
            })
    void error_overHttp_hasKindStatusCodeRequestIdAndWait(
            int status,
            String body,
            ErrorKind kind,
            ErrorReason reason,
            String code,
            Boolean retryHere,
            Boolean tryNext)
            throws Exception {
        try (Bench bench = new Bench()) {
            bench.assertError(status, body, "X-Generation-Id", kind, reason, code, retryHere, tryNext);
        }
    }

    @Test
    void availability_reported_isOnTheException() throws Exception {
        String body = """
                {"error":{"message":"No endpoint fits.","http_status":404,"availability":{"code":"constraint_filtered",\
                "retryable":false,"retry_after":12.5,"requested_models":["a/b"],"fallback_models":["a/c","d/e",7],\
                "constraint":{"field":"provider.max_price","detail":"No endpoint is below 0.1."}}}}""";
        try (Bench bench = new Bench()) {
            bench.answer(404, body);
            LlmException error = bench.failure();
            ModelAvailability said = error.availability().orElseThrow();

            assertEquals(ErrorReason.MODEL_NOT_FOUND, error.reason().orElseThrow());
            assertEquals(Optional.of("constraint_filtered"), said.code());
            assertEquals(Optional.of(false), said.retryable());
            assertEquals(Optional.of(Duration.ofMillis(12_500)), said.retryAfter());
            assertEquals(List.of("a/c", "d/e"), said.fallbackModels());
            assertEquals(Optional.of("provider.max_price"), said.constraintField());
            assertEquals(Optional.of("No endpoint is below 0.1."), said.constraintDetail());
            assertEquals(said, error.toBuilder().build().availability().orElseThrow());
        }
        try (Bench bench = new Bench()) {
            bench.answer(404, "{\"error\":{\"message\":\"no\",\"code\":404}}");
            assertEquals(Optional.empty(), bench.failure().availability());
        }
    }

    @Test
    void availability_containsTheKey_isRedacted() throws Exception {
        String body = "{\"error\":{\"message\":\"m\",\"availability\":{\"code\":\"no_endpoints\",\"constraint\":"
                + "{\"field\":\"f\",\"detail\":\"for " + Bench.KEY + "\"}}}}";
        try (Bench bench = new Bench()) {
            bench.answer(404, body);
            ModelAvailability said = bench.failure().availability().orElseThrow();
            assertEquals(Optional.of("for ***"), said.constraintDetail());
        }
    }
}
