package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.http.TransportException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the advice in error messages, and the other fields of an error. */
class ErrorMapperTest {

    private final ErrorMapper errors = new ErrorMapper(new OpenAiDialect() {}, TimeSource.system());
    private final WireCall scope = new WireCall("local", "m", CallContext.create(), List.of());
    private final Redactor text = new Redactor(List.of(), List.of(), List.of());

    private static WireReply reply(int status, String body, Map<String, String> headers) {
        return new WireReply(
                status,
                name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of(),
                body(body).body());
    }

    private static ErrorBody body(String text) {
        return ErrorBody.of(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8), JsonReader.STANDARD);
    }

    private LlmException error(int status, String body, Map<String, String> headers) {
        return errors.map(reply(status, body, headers), body(body), scope, text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "401 | {'error':{'message':'no'}} | answered 401: no (check the key and its permissions)",
                "402 | {'error':{'message':'no'}} | answered 402: no (add credit or raise the limit there)",
                "429 | {'error':{'message':'no'}} | answered 429: no (slow down)",
                "429 | {'error':{'message':'no','retry_after':2}} | answered 429: no (wait 2000 ms)",
                "404 | {'error':{'message':'no'}} | answered 404: no (check its base-url and settings)",
                "404 | {'error':{'message':'model not found'}} | answered 404: model not found (choose another model)",
                "400 | {'error':{'message':'no','code':'context_length_exceeded'}}"
                        + " | answered 400: no (shorten the conversation or choose a model with more context)",
                "400 | {'error':{'message':'no','code':'content_filter'}} | answered 400: no (the content was refused)",
                "400 | {'error':{'message':'no'}} | answered 400: no (the reason is unknown; another "
                        + "provider may accept the request)",
                "400 | {'error':{'message':'no','code':'invalid_request_error'}}"
                        + " | answered 400: no (change the request or use another provider)",
                "403 | {'error':{'message':'no'}}"
                        + " | answered 403: no (check its key, or whether a firewall refuses the content)",
                "302 | {'error':{'message':'http://there'}}"
                        + " | answered 302 (redirects are not followed; check its base-url)",
                "300 | {'error':{'message':'http://there'}}"
                        + " | answered 300 (redirects are not followed; check its base-url)",
                "500 | {'error':{'message':'no'}} | answered 500: no (try later)",
                "500 | {}                         | answered 500 (try later)",
                "299 | {'error':{'message':'no'}} | answered with an error: no (try later)",
                "200 | {'error':{'message':'no','code':300}} | answered with an error: no (try later)",
            })
    void map_serverError_messageContainsAdvice(int status, String body, String message) {
        assertEquals(
                "provider \"local\": " + message, error(status, body, Map.of()).getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UNKNOWN_HOST         | -     | ; check its base-url",
                "CONNECT_FAILED       | -     | ; check its base-url and whether the server is up",
                "TLS                  | false"
                        + " | ; check the base-url and the certificates of server (tls.ca-file) "
                        + "and client (tls.client-cert)",
                "PROXY_AUTHENTICATION | false | ; set proxy.user and proxy.password",
                "TOO_LARGE            | false | ; request a shorter answer or raise the bounds of the provider block",
                "CONNECTION_LOST      | -     | ''",
            })
    void map_networkFailure_messageContainsAdvice(ErrorReason reason, String retryHere, String advice) {
        ConnectException cause = new ConnectException("refused");
        LlmException error =
                errors.map(new TransportException(ErrorKind.CONNECTION, reason, false, 0, "no way", cause), scope);
        assertEquals("provider \"local\": no way" + advice, error.getMessage());
        assertEquals(retryHere, error.retryHere().map(String::valueOf).orElse("-"));
        assertEquals(Optional.of(reason), error.reason());
        assertEquals(false, error.requestSent());
        assertSame(cause, error.getCause());
    }

    @Test
    void unusable_successThatIsNotAnAnswer_isRetriedUnlessTooLarge() {
        Map<String, String> id = Map.of("x-request-id", "r-1");
        LlmException empty =
                errors.unusable(reply(200, "{}", id), ErrorReason.EMPTY_RESPONSE, "said nothing", scope, text);
        assertEquals(
                "provider \"local\": said nothing (status 200); try again or another provider", empty.getMessage());
        assertEquals(Optional.empty(), empty.retryHere());
        assertEquals(Optional.of("r-1"), empty.requestId());
        assertEquals(200, empty.status().orElseThrow());
        LlmException large = errors.unusable(reply(200, "{}", id), ErrorReason.TOO_LARGE, "said much", scope, text);
        assertEquals(
                "provider \"local\": said much (status 200); request a shorter answer or raise the bounds of the "
                        + "provider block",
                large.getMessage());
        assertEquals(Optional.of(false), large.retryHere());
    }

    @Test
    void requestId_isTheFirstOfSeveral() {
        Map<String, String> headers = new HashMap<>();
        String body = "{'id':'of-the-body'}";
        assertEquals(Optional.empty(), error(500, "{}", headers).requestId());
        assertEquals(Optional.of("of-the-body"), error(500, body, headers).requestId());
        for (String name : List.of("X-Generation-Id", "x-portkey-request-id", "x-request-id")) {
            headers.put(name, "of-" + name);
            assertEquals(Optional.of("of-" + name), error(500, body, headers).requestId());
        }
    }
}
