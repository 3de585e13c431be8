package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests error bodies in the formats of various servers, and bodies that are not errors. */
class ErrorBodyTest {

    private static ErrorBody of(String body) {
        return ErrorBody.of(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), JsonReader.STANDARD);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'error':{'message':'m','code':'c','type':'t'}}      | m | c",
                "{'error':{'message':'m','type':'t'}}                 | m | t",
                "{'error':{'message':'m','code':429}}                 | m | 429",
                "[{'error':{'message':'m','code':'c'}}]               | m | c",
                "{'0':{'error':{'message':'m','code':'c'}}}           | m | c",
                "{'error':{'message':'m'},'0':{'message':'other'}}    | m | -",
                "{'error':'went_wrong'}                               | went_wrong | went_wrong",
                "{'error':'It went wrong'}                            | It went wrong | -",
                "{'error':'went9'}                                    | went9 | -",
                "{'error':'a-b_z'}                                    | a-b_z | a-b_z",
                "{'error':{'message':'m'},'type':'t'}                 | m | t",
                "{'message':'m','code':'c'}                           | m | c",
                "{'message':'m','type':'t','code':'c'}                | m | t",
                "{'data':{'message':'m','errorCode':'e'},'code':'c'}  | m | e",
                "{'html-message':'<b>m</b>'}                          | m | -",
                "{'detail':'m'}                                       | m | -",
                "{'detail':[{'loc':['a'],'msg':'m'}]}                 | m | -",
                "'m'                                                  | m | -",
                "[]                                                   |  | -",
                "{'0':'x'}                                            |  | -",
                "null                                                 |  | -",
            })
    void of_anyFormat_findsMessageAndCode(String body, String message, String code) {
        ErrorBody error = of(body);
        assertEquals(message == null ? "" : message, error.message());
        assertEquals(code, error.code().orElse("-"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'error':{'code':400}}                  | 400",
                "{'error':{'code':599}}                  | 599",
                "{'error':{'code':399}}                  | 0",
                "{'error':{'code':600}}                  | 0",
                "{'error':{'code':'x','status':503}}     | 503",
                "{'error':{'code':1,'http_status':502}}  | 502",
                "{'error':{}}                            | 0",
            })
    void status_namedByTheBody_isAnErrorStatus(String body, int status) {
        assertEquals(status, of(body).status());
    }

    @Test
    void status_ofASuccess_isTheOneNamedByTheBody() {
        ErrorBody named = of("{'error':{'code':503}}");
        assertEquals(503, named.status(reply(200)));
        assertEquals(503, named.status(reply(299)));
        assertEquals(300, named.status(reply(300)));
        assertEquals(500, named.status(reply(500)));
        assertEquals(200, of("{'error':{}}").status(reply(200)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'message':'Slow down','code':429}",
                "{'message':'Slow down','code':'429'}",
                "{'message':'m','status':500}",
                "{'message':'m','status_code':503}",
                "{'message':'m','type':'rate_limit_error'}",
                "{'message':'m','type':'BadRequestException'}",
                "{'message':'m','code':'context_length_exceeded'}",
                "{'message':'m','status':'failed'}",
                "{'object':'error'}",
                "{'type':'error','message':'m'}",
                "{'detail':'m'}"
            })
    void isError_messageOfAnError_isTrue(String body) {
        assertTrue(of(body).isError());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'status':'processing','message':'queued'}",
                "{'code':0,'message':'ok'}",
                "{'code':'200','message':'ok'}",
                "{'status':202,'message':'accepted'}",
                "{'code':1429,'message':'m'}",
                "{'type':'ping','message':'still here'}",
                "{'message':'m'}",
                "{'code':429}",
                "{'type':'rate_limit_error'}"
            })
    void isError_notice_isFalse(String body) {
        assertFalse(of(body).isError());
    }

    private static WireReply reply(int status) {
        return new WireReply(status, name -> List.of(), JsonObject.from(null));
    }

    @Test
    void readable_page_isShortenedAndWithoutTags() {
        assertEquals("Sign in  a > b", of("<html><h1>Sign in</h1> a > b</html>").message());
        assertEquals("", of("<html").message());
        assertEquals("x ?", of("x \uFFFD").message());
        String longText = of("{" + "y".repeat(1_000)).message();
        assertEquals(300, longText.length());
        assertFalse(of("{'error':{'message':'m'}}").error().isEmpty());
        assertTrue(of("plain").body().isEmpty());
    }

    /** Only the beginning of a large error body is read. */
    @Test
    void of_truncatedBody_readsTheBeginning() {
        ErrorBody behindTheMessage = of("{'error':{'message':'m','code':'c','input':['much ");
        assertEquals("m", behindTheMessage.message());
        assertEquals(Optional.of("c"), behindTheMessage.code());
        ErrorBody withinTheMessage = of("{'error':{'message':'too many tok");
        assertEquals("{\"error\":{\"message\":\"too many tok", withinTheMessage.message());
        assertTrue(withinTheMessage.body().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "\u0000\u0001", "{'error'"})
    void of_malformedQuotes_areWords(String body) {
        assertEquals(Optional.empty(), of(body).code());
        assertEquals(0, of(body).status());
    }
}
