package dev.llmspi.openai.wire.error;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.openai.wire.JsonTexts;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests finding the token limit and the requested number of tokens in the error messages of many servers. */
class TokenNumbersTest {

    private static ErrorFacts facts(String body) {
        JsonText.Found json = JsonTexts.READER.at(body, 0);
        return ErrorFacts.of(
                400, List.of(), json == null ? body : json.value(), JsonTexts.READER, UnaryOperator.identity());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "This model's maximum context length is 4097 tokens, however you requested 5360 tokens "
                        + "(1360 in your prompt; 4000 for the completion). | 4097 | 5360",
                "This model's maximum context length is 8192 tokens. However, your messages resulted in "
                        + "8199 tokens. | 8192 | 8199",
                "prompt is too long: 208310 tokens > 200000 maximum | 200000 | 208310",
                "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease "
                        + "input length | 200000 | 210000",
                "The input token count (154364) exceeds the maximum number of tokens allowed (131072). | "
                        + "131072 | 154364",
                "request (6009 tokens) exceeds the available context size (4096 tokens), try increasing it "
                        + "| 4096 | 6009",
                "`inputs` tokens + `max_new_tokens` must be <= 32768. Given: 880370 `inputs` tokens and 0 "
                        + "`max_new_tokens` | 32768 | 880370",
                "Requested token count exceeds the model's maximum context length of 256 tokens. You "
                        + "requested a total of 262 tokens: 62 tokens from the input messages and 200 tokens for the "
                        + "completion. | 256 | 262",
                "Range of input length should be [1, 30720] | 30720 | 0",
                "the context of gpt-4-32k is too small for 40,000 tokens, the limit is 32,768 | 32768 | 40000",
                "Context size has been exceeded. | 0 | 0",
                "Input is too long for requested model, see case 2026-11-30 | 0 | 0",
                "This model's maximum prompt length is 131072 but the request contains 150000 tokens. | "
                        + "131072 | 150000",
            })
    void words_ofContextLength(String text, long limit, long requested) {
        assertEquals(
                new TokenNumbers(limit, requested),
                TokenNumbers.of(facts(text), ErrorKind.MODEL, ErrorReason.CONTEXT_LENGTH));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Request too large on tokens per minute (TPM): Limit 6000, Requested 12328, please reduce "
                        + "| 6000 | 12328",
                "Rate limit reached on tokens per min. Limit: 10000 / min. Please try again in 6ms. | 10000 | 0",
                "You can send 60 requests per minute. | 0 | 0",
            })
    void words_ofRateLimits(String text, long limit, long requested) {
        assertEquals(new TokenNumbers(limit, requested), TokenNumbers.of(facts(text), ErrorKind.RATE_LIMIT, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\":{\"n_prompt_tokens\":14429,\"n_ctx\":8192,\"message\":\"too long\"}} | 8192 | 14429",
                "{\"error\":{\"n_ctx\":8192,\"message\":\"too long\"}} | 8192 | 0",
            })
    void match_members_takePrecedenceOverWords(String body, long limit, long requested) {
        assertEquals(
                new TokenNumbers(limit, requested),
                TokenNumbers.of(facts(body), ErrorKind.MODEL, ErrorReason.CONTEXT_LENGTH));
    }
}
