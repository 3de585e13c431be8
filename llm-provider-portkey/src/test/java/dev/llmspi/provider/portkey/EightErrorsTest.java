package dev.llmspi.provider.portkey;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
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
                "401|{'error':{'message':'openai error: Incorrect API key provided: sk-up-c4****dcba',"
                        + "'code':'invalid_api_key'},'provider':'openai'}|AUTHENTICATION||invalid_api_key||",
                "401|{'status':'failure','message':'Portkey Error: Invalid API Key "
                        + "pk-c4n4ry0123456789abcdef. Error Code: 03','error':{'message':'m','code':'03'}}|"
                        + "AUTHENTICATION||03||",
                "403|{'success':false,'data':{'message':'m','errorCode':'AB03'}}|AUTHENTICATION||AB03||",
                "429|{'error':{'message':'openai error: slow','type':'requests',"
                        + "'code':'rate_limit_exceeded'},'provider':'openai'}|RATE_LIMIT||rate_limit_exceeded||",
                "429|{'error':{'message':'openai error: m','type':'insufficient_quota','code':null},"
                        + "'provider':'openai'}|RESOURCE_EXHAUSTED|QUOTA|insufficient_quota||",
                "402|{'success':false,'data':{'message':'m','errorCode':'AB09'}}|RESOURCE_EXHAUSTED|QUOTA|AB09||",
                "402|{'error':{'message':'openai error: m','code':402},'provider':'openai'}|"
                        + "RESOURCE_EXHAUSTED|INSUFFICIENT_CREDIT|402||",
                "412|{'status':'failure','message':'Portkey Error: usage limit exceeded'}|RESOURCE_EXHAUSTED|QUOTA|||",
                "400|{'error':{'message':'openai error: bad temperature',"
                        + "'type':'invalid_request_error'},'provider':'openai'}|INVALID_REQUEST||"
                        + "invalid_request_error||",
                "400|{'status':'failure','message':'Invalid provider passed'}|INVALID_REQUEST|PROVIDER_SETTINGS|||true",
                "500|{'status':'failure','message':'Provider  not found'}|INVALID_REQUEST|PROVIDER_SETTINGS|||true",
                "404|{'message':'Not Found','ok':false}|INVALID_REQUEST|PROVIDER_SETTINGS|||true",
                "446|{'error':{'message':'m','type':'hooks_failed'},"
                        + "'hook_results':{'before_request_hooks':[{'id':'g','checks':[{'id':'k',"
                        + "'verdict':false,'data':{'foundWords':['c4n4ry']}}]}]}}|INVALID_REQUEST|"
                        + "CONTENT_FILTERED|hooks_failed||",
                "431|{}|INVALID_REQUEST|UNRECOGNISED|||",
                "500|{'status':'failure','message':'Something went wrong'}|SERVICE||||",
                "500|{'html-message':'Message: fetch failed Cause: ECONNREFUSED'}|SERVICE||||",
                "522|<html>edge</html>|SERVICE||||",
                "408|{'error':{'message':'Request exceeded the timeout sent in the request: 500ms',"
                        + "'type':'timeout_error'}}|TIMEOUT|REMOTE_TIMEOUT|timeout_error||",
                "404|{'error':{'message':'openai error: The model does not exist',"
                        + "'code':'model_not_found'},'provider':'openai'}|MODEL|MODEL_NOT_FOUND|model_not_found|"
                        + "|",
                "400|{'error':{'message':'openai error: m','code':'context_length_exceeded'},"
                        + "'provider':'openai'}|MODEL|CONTEXT_LENGTH|context_length_exceeded||"
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
            bench.assertError(status, body, "x-portkey-request-id", kind, reason, code, retryHere, tryNext);
        }
    }
}
