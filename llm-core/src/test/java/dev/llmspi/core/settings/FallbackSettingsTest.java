package dev.llmspi.core.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests after which errors a call falls back, for each way to configure this. */
class FallbackSettingsTest {

    private static LlmSettings settings(String hocon) {
        return LlmSettings.builder().text("llm { " + hocon + " }", "test").build();
    }

    private static FallbackSettings fallback(String keys) {
        return settings("fallback { " + keys + " }").fallback();
    }

    private static LlmException.Builder<?> error(ErrorKind kind) {
        return LlmException.builder(kind).message("failed");
    }

    private static LlmException invalid(ErrorReason reason) {
        return error(ErrorKind.INVALID_REQUEST).reason(reason).build();
    }

    @ParameterizedTest
    @EnumSource
    void goesOn_defaults_isTrueForEveryKind(ErrorKind kind) {
        assertTrue(FallbackSettings.defaults().goesOn(error(kind).build()));
        assertEquals(FallbackSettings.defaults(), fallback(""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // settings | falls back after UNRECOGNISED | after CONTENT_FILTERED | after a recognised refusal
                "                                                    | true  | false | true",
                "unrecognised = stop                                 | false | false | true",
                "after-content-filter = next                         | true  | true  | true",
                "on = [service_error]                                | false | false | false",
                "on = [service_error], unrecognised = next           | true  | false | false",
                "on = [service_error], after-content-filter = next   | false | true  | false",
                "on = [invalid_request_error]                        | true  | true  | true",
                "on = [invalid_request_error], unrecognised = stop   | false | true  | true",
                "on = [invalid_request_error], after-content-filter = stop | true | false | true",
            })
    void goesOn_refusal_isAsConfigured(String keys, boolean unrecognised, boolean content, boolean recognised) {
        FallbackSettings fallback = fallback(keys == null ? "" : keys);
        assertEquals(unrecognised, fallback.goesOn(invalid(ErrorReason.UNRECOGNISED)));
        assertEquals(content, fallback.goesOn(invalid(ErrorReason.CONTENT_FILTERED)));
        assertEquals(recognised, fallback.goesOn(invalid(ErrorReason.TOO_LARGE)));
        assertEquals(
                recognised, fallback.goesOn(error(ErrorKind.INVALID_REQUEST).build()));
    }

    @Test
    void goesOn_reasonHasASetting_overridesTheError() {
        FallbackSettings strict = fallback("unrecognised = stop");
        assertFalse(strict.goesOn(error(ErrorKind.INVALID_REQUEST)
                .reason(ErrorReason.UNRECOGNISED)
                .tryNext(true)
                .build()));
        assertFalse(strict.goesOn(error(ErrorKind.INVALID_REQUEST)
                .reason(ErrorReason.CONTENT_FILTERED)
                .tryNext(true)
                .build()));
        assertFalse(strict.goesOn(error(ErrorKind.TIMEOUT)
                .reason(ErrorReason.TOTAL_TIMEOUT)
                .tryNext(true)
                .build()));
    }

    @Test
    void goesOn_errorDecides_overridesItsKind() {
        FallbackSettings service = fallback("on = [service_error]");
        assertTrue(service.goesOn(error(ErrorKind.MODEL).tryNext(true).build()));
        assertFalse(service.goesOn(error(ErrorKind.SERVICE).tryNext(false).build()));
    }

    @Test
    void goesOn_checkOfTheLibrary_isFalseUnlessTheErrorSaysOtherwise() {
        for (String keys : new String[] {"", "on = [invalid_request_error]", "unrecognised = next"}) {
            LlmException.Builder<?> check = error(ErrorKind.INVALID_REQUEST).requestSent(false);
            assertFalse(fallback(keys).goesOn(check.build()), keys);
            assertTrue(fallback(keys).goesOn(check.tryNext(true).build()), keys);
        }
        assertTrue(FallbackSettings.defaults()
                .goesOn(error(ErrorKind.MODEL)
                        .reason(ErrorReason.NOT_MAPPED)
                        .requestSent(false)
                        .build()));
    }

    @Test
    void build_providerBlock_overridesSingleKeysOfTheClient() {
        LlmSettings settings = settings("""
                fallback { unrecognised = stop, on = [service_error, invalid_request_error] }
                providers.a.fallback { unrecognised = next }
                providers.b.fallback { on = [service_error] }
                providers.c { type = openai }
                """);
        assertTrue(settings.providers().get("a").fallback().nextAfterUnrecognised());
        assertTrue(settings.providers().get("a").fallback().nextAfterContentFilter());
        assertFalse(settings.providers().get("b").fallback().nextAfterUnrecognised());
        assertFalse(settings.providers().get("b").fallback().nextAfterContentFilter());
        assertEquals(settings.fallback(), settings.providers().get("c").fallback());
        assertEquals(
                settings.fallback().hashCode(),
                settings.providers().get("c").fallback().hashCode());
        assertNotEquals(settings.fallback(), settings.providers().get("a").fallback());
        assertEquals(
                settings.providers().get("b").fallbackOn(),
                settings.providers().get("b").fallback().on());
    }

    @ParameterizedTest
    @ValueSource(strings = {"unrecognised", "after-content-filter"})
    void build_unknownWord_isRefusedWithTheAllowedWords(String key) {
        for (String path : new String[] {"llm.fallback.", "llm.providers.a.fallback."}) {
            LlmConfigException error = assertThrows(
                    LlmConfigException.class,
                    () -> LlmSettings.builder().set(path + key, "yes").build());
            assertTrue(error.getMessage().contains(path + key), error.getMessage());
            assertTrue(error.getMessage().contains("must be one of next, stop"), error.getMessage());
        }
    }

    @Test
    void build_misspeltKey_isRefusedWithTheNearestKnown() {
        LlmConfigException error =
                assertThrows(LlmConfigException.class, () -> settings("fallback.unrecognized = stop"));
        assertTrue(error.getMessage().contains("unrecognised"), error.getMessage());
    }

    @Test
    void toString_settings_showsEveryValue() {
        String text = FallbackSettings.defaults().toString();
        assertTrue(text.contains("nextAfterContentFilter=false, nextAfterUnrecognised=true"), text);
        assertEquals(ErrorKind.values().length, FallbackSettings.defaults().on().size());
        assertTrue(Arrays.stream(ErrorKind.values()).allMatch(kind -> text.contains(kind.name())), text);
    }
}
