package dev.llmspi.api.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseUrlTest {

    private static String problem(String query) {
        return BaseUrl.problem(BaseUrl.parse("https://llm.example/v1?" + query), false, true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key=x",
                "KEY",
                "api_key=x",
                "apiKey=x",
                "api-version=1&subscription-key=x",
                "subscriptionKey=x",
                "Ocp-Apim-Subscription-Key=x",
                "accessToken=x",
                "a=b;access_token=x",
                "clientSecret=x",
                "client_secret=x",
                "%6Bey=x",
                "k%65y=x",
                "+key=x",
                "password=x",
                "auth=x",
                "Authorization=x",
                "X-Amz-Signature=x",
                "X-Amz-Credential=x",
                "credentials=x",
                "code=x",
                "sig=x",
                "sv=1&SIG=x"
            })
    void problem_parameterForAKey_isRefused(String query) {
        assertEquals("must have no key in its query; put it in api-key", problem(query));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api-version=2024-10-21",
                "deployment=my-code",
                "model=qwen-code",
                "model=a&deployment=b-key",
                "language_code=de",
                "codec=x",
                "design=x",
                "keyboard=x",
                "author=x",
                "max_tokens=1",
                "route=/token",
                "",
                "="
            })
    void problem_harmlessParameter_isAccepted(String query) {
        assertNull(problem(query));
    }
}
