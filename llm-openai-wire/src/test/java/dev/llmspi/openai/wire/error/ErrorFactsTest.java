package dev.llmspi.openai.wire.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.openai.wire.JsonTexts;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which members of an error supply its codes and messages, and which members are ignored. */
class ErrorFactsTest {

    private static ErrorFacts of(String body) {
        return of(body, UnaryOperator.identity());
    }

    private static ErrorFacts of(String body, UnaryOperator<String> withoutEcho) {
        String text = body.replace('\'', '"');
        JsonText.Found json = JsonTexts.READER.at(text, 0);
        return ErrorFacts.of(400, List.of(), json == null ? text : json.value(), JsonTexts.READER, withoutEcho);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'error':{'message':'m','code':'c'}}                                 | m | c",
                "[{'error':{'message':'m','status':'c'}}]                             | m | c",
                "{'error':{'message':'','details':[{'reason':'c','description':'m'}]}} | m | c",
                "{'detail':[{'msg':'m','type':'c'}]}                                  | m | c",
                "{'errors':[{'message':'m','code':'c'}]}                              | m | c",
                "{'Response':{'Error':{'Code':'c','Message':'m'}}}                    | m | c",
                "{'base_resp':{'status_code':7,'status_msg':'m'}}                     | m | 7",
                "{'error':{'metadata':{'raw':{'error':{'message':'m','code':'c'}}}}}  | m | c",
            })
    void isError_anyFormat_isRecognised(String body, String text, String code) {
        ErrorFacts facts = of(body);
        assertEquals(List.of(text), facts.texts());
        assertEquals(code, facts.codes().get(0).get(0));
    }

    /** JSON is embedded in strings three levels deep. The innermost message comes first. */
    @Test
    void of_jsonInTexts_isParsedAndTheInnermostComesFirst() {
        String third = "{\"error\":{\"message\":\"third\",\"code\":\"c3\"}}";
        String second = "{\"message\":\"second: " + escaped(third) + "\",\"code\":\"c2\"}";
        ErrorFacts facts = of("{\"error\":{\"message\":\"first: " + escaped(second) + "\",\"code\":\"c1\"}}");

        assertEquals(
                List.of("third", "second:", "first:"),
                facts.texts().stream().map(String::strip).toList());
        assertEquals(List.of(List.of("c3"), List.of("c2"), List.of("c1")), facts.codes());
    }

    private static String escaped(String json) {
        return json.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"input", "ctx", "loc", "param", "prompt", "messages", "failed_generation", "flagged_input"})
    void of_membersThatEchoTheRequest_areIgnored(String member) {
        ErrorFacts facts = of("{'error':{'message':'m','" + member
                + "':{'message':'rate limit','code':'invalid_api_key','error':'out of credits'}}}");
        assertEquals(List.of("m"), facts.texts());
        assertTrue(facts.codes().isEmpty());
        assertTrue(facts.field("code").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wrong value {'msg': 'x', 'input': 'out of credits",
                "1 validation error [type=string, input_value='out of credits', input_type=str]",
                "see https://example.com/out of",
                "<html><title>wrong</title><p>out of credits</p>"
            })
    void of_echoesAddressesAndPages_areIgnored(String text) {
        String all = String.join(" ", of(text).texts());
        assertFalse(all.contains("out of credits") || all.contains("example.com"), all);
    }

    @Test
    void of_textsOfTheRequest_areRemoved() {
        ErrorFacts facts = of("{'message':'cannot read: tell me about credits'}", text -> text.replace("credits", ""));
        assertEquals(List.of("cannot read: tell me about "), facts.texts());
    }

    @Test
    void text_withoutEnd_isReadAtItsBeginningAndItsEnd() {
        ErrorFacts facts = of("{'message':'first " + "x".repeat(100_000) + " last'}");
        String text = facts.texts().get(0);
        assertTrue(text.startsWith("first") && text.endsWith("last"));
        assertTrue(text.length() <= 4 * 1024 + 1);
        int all = of("{'errors':[" + "{'message':'a word here'},".repeat(2_000) + "{}]}").texts().stream()
                .mapToInt(String::length)
                .sum();
        assertTrue(all <= 8 * 1024, () -> "" + all);
    }
}
