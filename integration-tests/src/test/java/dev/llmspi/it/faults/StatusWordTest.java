package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.it.server.Reply;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the error classification by status and error body. */
@Timeout(60)
class StatusWordTest {

    /**
     * Checks the reaction to an error body from one provider, or to one that both providers pass on from upstream
     * servers.
     */
    private static void check(Expected expected, int status, String who, String error) {
        Reply fault = Reply.json(status, "{\"error\":" + error.replace('\'', '"') + "}");
        if (who.equals("both")) {
            expected.checkAll(fault);
        } else {
            for (Mode mode : Mode.values()) {
                expected.check(who, mode, fault);
            }
        }
    }

    @Tag("fault-3.2")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "both|{'code':'context_length_exceeded','message':'too long'}",
                "both|{'message':'This model has a maximum context length of 8192 tokens','type':'invalid_request_error'}",
                "openrouter|{'code':400,'message':'m','metadata':{'error_type':'context_length_exceeded'}}"
            })
    void contextTooLong_goesToTheNextAndNotToTheSameModel(String who, String error) {
        check(Expected.error(ErrorKind.MODEL).reason(ErrorReason.CONTEXT_LENGTH).fallsBack(), 400, who, error);
    }

    @Tag("fault-3.3")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400|openrouter|{'code':400,'message':'foo/bar is not a valid model ID'}",
                "404|openrouter|{'code':404,'message':'No endpoints found for foo/bar.'}",
                "404|openrouter|{'message':'m','availability':{'code':'model_deprecated','retryable':false}}",
                "404|both|{'code':'model_not_found','message':'m'}",
                "404|both|{'message':'The model `gpt-x` does not exist or you do not have access to it'}",
                "404|both|{'code':'model_deprecated','message':'The model gpt-x has been deprecated'}"
            })
    void modelUnknown_goesToTheNextAndNotToTheSameModel(int status, String who, String error) {
        check(
                Expected.error(ErrorKind.MODEL)
                        .reason(ErrorReason.MODEL_NOT_FOUND)
                        .fallsBack(),
                status,
                who,
                error);
    }

    @Tag("fault-3.4")
    @ParameterizedTest
    @EnumSource
    void rejectedKey_goesToTheNext(Mode mode) {
        Expected.error(ErrorKind.AUTHENTICATION)
                .fallsBack()
                .check(mode, Reply.error(401, "401", "Incorrect API key provided: or-key, pk-key"));
    }

    @Tag("fault-3.4")
    @ParameterizedTest
    @EnumSource
    void rejectedKey_echoed_isShownNowhere(Mode mode) {
        String key = "sk-or-v1-c4n4ry0123456789";
        try (FaultBench bench = FaultBench.alone("openrouter").set("llm.providers.openrouter.api-key", key);
                LogLines log = new LogLines()) {
            bench.openrouter.always(
                    Reply.error(401, "bad " + key, "Incorrect API key provided: " + key, "X-Request-Id: " + key));
            StringWriter shown = new StringWriter();
            bench.call(mode).error().printStackTrace(new PrintWriter(shown, true));
            shown.write(bench.listener.events().toString());
            shown.write(log.text());
            // The output must not contain parts of the key either, except for the prefix that all keys share.
            assertFalse(shown.toString().contains("c4n4ry"), shown::toString);
            assertFalse(shown.toString().contains("456789"), shown::toString);
            assertEquals(
                    "Bearer " + key,
                    bench.openrouter.lastRequest().header("Authorization").orElseThrow());
        }
    }

    @Tag("fault-3.4")
    @ParameterizedTest
    @EnumSource
    void rejectedKey_isOneWarning(Mode mode) {
        try (FaultBench bench = FaultBench.both();
                LogLines log = new LogLines()) {
            bench.openrouter.always(Reply.error(401, "401", "no"));
            bench.portkey.always(mode.answer("hello"));
            for (int i = 0; i < 3; i++) {
                assertEquals("hello", bench.call(mode).answer().text());
            }
            List<String> warnings = log.matching(line -> line.startsWith("WARNING") || line.startsWith("SEVERE"));
            assertEquals(1, warnings.size(), log::text);
            assertTrue(warnings.get(0).contains("openrouter"), log::text);
        }
    }

    @Tag("fault-3.5")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "402|both|{'code':402,'message':'Insufficient credits'}",
                "402|both|{'message':'m'}",
                "429|both|{'code':'insufficient_quota','message':'You exceeded your current quota'}",
                "429|portkey|{'message':'You exceeded your current quota, please check your plan and billing details'}",
                "429|openrouter|{'code':429,'message':'Rate limit exceeded: free-models-per-day'}",
                "429|openrouter|{'code':429,'message':'m','metadata':{'limit_source':'openrouter_credits'}}"
            })
    void outOfCredit_goesToTheNextAtOnce(int status, String who, String error) {
        check(Expected.error(ErrorKind.RESOURCE_EXHAUSTED).fallsBack(), status, who, error);
    }

    @Tag("fault-3.7")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "403|openrouter|{'code':403,'message':'m','metadata':{'reasons':['violence'],'flagged_input':'c4n4ry'}}",
                "403|openrouter|{'code':403,'message':'m','metadata':{'patterns':['c4n4ry']}}",
                "400|openrouter|{'code':400,'message':'m','metadata':{'error_type':'refusal','flagged_input':'c4n4ry'}}",
                "400|both|{'code':'content_policy_violation','message':'m'}",
                "446|portkey|{'type':'hooks_failed','message':'c4n4ry failed'}"
            })
    void refusedContent_endsTheCall(int status, String who, String error) {
        check(Expected.error(ErrorKind.INVALID_REQUEST).reason(ErrorReason.CONTENT_FILTERED), status, who, error);
        String provider = who.equals("both") ? "portkey" : who;
        try (FaultBench bench = FaultBench.alone(provider);
                LogLines log = new LogLines()) {
            bench.server(provider).always(Reply.json(status, "{\"error\":" + error.replace('\'', '"') + "}"));
            StringWriter shown = new StringWriter();
            bench.call(Mode.CHAT).error().printStackTrace(new PrintWriter(shown, true));
            shown.write(bench.listener.events().toString());
            shown.write(log.text());
            assertFalse(shown.toString().contains("c4n4ry"), shown::toString);
        }
    }

    @Tag("fault-3.14")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "404|no_endpoints|MODEL",
                "404|model_unavailable_upstream|MODEL",
                "503|temporarily_unavailable|SERVICE",
                "429|capacity_exhausted|RATE_LIMIT",
                "500|a_word_to_come|SERVICE",
                "400|a_word_to_come|INVALID_REQUEST",
                "403|a_word_to_come|AUTHENTICATION"
            })
    void availability_decidesWhetherToRetry(int status, String code, ErrorKind kind) {
        String error = "{'message':'m','http_status':" + status + ",'availability':{'code':'" + code + "','retryable':";
        Expected next = Expected.error(kind).fallsBack();
        check(next.retried(), status, "openrouter", error + "true}}");
        check(next, status, "openrouter", error + "false}}");
    }
}
