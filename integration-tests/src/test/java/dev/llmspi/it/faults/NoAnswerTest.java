package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.it.server.Reply;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.EnumSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests responses with status 200 that contain no answer. A server can send each of them to streaming calls too. */
@Timeout(60)
class NoAnswerTest {

    private static final EnumSet<ErrorKind> RETRIED =
            EnumSet.of(ErrorKind.SERVICE, ErrorKind.RATE_LIMIT, ErrorKind.CONNECTION, ErrorKind.TIMEOUT);

    /** Checks the reaction to a fault. The error kind determines whether the call is retried; it always falls back. */
    private static void check(ErrorKind kind, Reply fault) {
        Expected expected = Expected.error(kind);
        expected = RETRIED.contains(kind) ? expected.retried() : expected;
        expected.fallsBack().checkAll(fault);
    }

    private static void assertNotShown(String secret, Reply fault) {
        for (Mode mode : Mode.values()) {
            try (FaultBench bench = FaultBench.alone("openrouter").set("llm.retry.max-retries", 0);
                    LogLines log = new LogLines()) {
                bench.openrouter.always(fault);
                StringWriter shown = new StringWriter();
                bench.call(mode).error().printStackTrace(new PrintWriter(shown, true));
                shown.write(log.text());
                assertFalse(shown.toString().contains(secret), shown::toString);
                assertFalse(shown.toString().contains("jackson"), shown::toString);
            }
        }
    }

    @Tag("fault-5.1")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'error':{'code':400,'message':'m'}}|INVALID_REQUEST",
                "{'error':{'code':401,'message':'m'}}|AUTHENTICATION",
                "{'error':{'code':402,'message':'m'}}|RESOURCE_EXHAUSTED",
                "{'error':{'code':408,'message':'m'}}|TIMEOUT",
                "{'error':{'code':429,'message':'m'}}|RATE_LIMIT",
                "{'error':{'code':502,'message':'m'},'choices':[]}|SERVICE",
                "{'error':{'message':'m'}}|SERVICE",
                "{'error':{'code':0,'message':'m'}}|SERVICE",
                "{'error':{'code':null,'message':null}}|SERVICE",
                "{'choices':[{'finish_reason':'error','message':{'content':'half an ans'}}]}|SERVICE",
                "{'choices':[{'finish_reason':'error','error':{'code':429,'message':'m'},'message':{'content':'ha'}}]}|RATE_LIMIT",
                "{'error':{'code':503,'message':'m'},'choices':[{'finish_reason':'stop','message':{'content':'ha'}}]}|SERVICE"
            })
    void errorInA200_isThatError(String body, ErrorKind kind) {
        check(kind, Reply.json(200, body.replace('\'', '"')));
    }

    @Tag("fault-5.2")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'error':'something went wrong'}|SERVICE",
                "{'error':'rate_limit_exceeded'}|RATE_LIMIT",
                "{'error':'insufficient_quota'}|RESOURCE_EXHAUSTED",
                "{'error':{'code':'server_error','message':'m'}}|SERVICE",
                "{'error':{'code':'rate_limit_exceeded','message':'m'}}|RATE_LIMIT",
                "{'error':{'code':'invalid_api_key','message':'m'}}|AUTHENTICATION",
                "{'error':{'code':'context_length_exceeded','message':'m'}}|MODEL",
                "{'error':{'code':'402','message':'m'}}|RESOURCE_EXHAUSTED",
                "{'error':{'code':{'odd':1},'message':['m'],'type':5}}|SERVICE"
            })
    void errorAsText_isClassifiedByItsWords(String body, ErrorKind kind) {
        check(kind, Reply.json(200, body.replace('\'', '"')));
    }

    @Tag("fault-5.3")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n",
                "null",
                "[]",
                "{}",
                "42",
                "true",
                "\"c4n4ry\"",
                "<html><title>c4n4ry: please sign in</title></html>",
                "c4n4ry",
                "\u0000\u0001\u00FF\uFFFDc4n4ry"
            })
    void nothingLikeAnAnswer_isAServiceError(String body) {
        check(ErrorKind.SERVICE, Reply.json(200, body));
        Expected.error(ErrorKind.SERVICE)
                .retried()
                .fallsBack()
                .check("openrouter", Mode.STREAM, Reply.of(200, "text/html; charset=utf-8", body));
        assertNotShown("c4n4ry", Reply.json(200, body));
    }

    @Tag("fault-5.4")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'id':'gen-1','model':'m'}",
                "{'choices':null}",
                "{'choices':[]}",
                "{'choices':{}}",
                "{'choices':'c4n4ry'}",
                "{'choices':['c4n4ry']}",
                "{'choices':[{}]}",
                "{'choices':[{'message':null}]}",
                "{'choices':[{'message':'c4n4ry'}]}",
                "{'choices':[{'message':['c4n4ry']}]}",
                "{'choices':[{'message':{'content':42},'finish_reason':'stop'}]}",
                "{'choices':[{'message':{'content':{'c4n4ry':1}},'finish_reason':'stop'}]}",
                "{'choices':[{'message':{'content':true},'finish_reason':'stop'}]}",
                "{'choices':[{'message':{'tool_calls':'c4n4ry'},'finish_reason':'stop'}]}",
                "{'choices':[{'message':{'tool_calls':[5]},'finish_reason':'tool_calls'}]}",
                "{'choices':[{'message':{'tool_calls':[{'function':'c4n4ry'}]},'finish_reason':'tool_calls'}]}",
                "{'choices':[{'message':{'content':null},'finish_reason':null}]}"
            })
    void jsonOfAnotherShape_isAServiceError(String body) {
        Reply fault = Reply.json(200, body.replace('\'', '"'));
        check(ErrorKind.SERVICE, fault);
        assertNotShown("c4n4ry", fault);
    }
}
