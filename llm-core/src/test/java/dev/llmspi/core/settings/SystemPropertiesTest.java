package dev.llmspi.core.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.llmspi.api.spi.ConfigFault;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which system properties {@code application()} reads, and when. Issue 15. */
class SystemPropertiesTest {

    @TempDir
    Path folder;

    private final List<String> set = new ArrayList<>();

    @AfterEach
    void clear() {
        set.forEach(System::clearProperty);
    }

    private void set(String name, String value) {
        set.add(name);
        System.setProperty(name, value);
    }

    private LlmSettings load() {
        return load("llm.retry.max-retries = 1");
    }

    private LlmSettings load(String application) {
        try {
            Files.writeString(folder.resolve("application.conf"), application);
            try (URLClassLoader loader =
                    new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
                return LlmSettings.builder().application(loader).build();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void property_setAfterTheFirstLoad_counts() {
        ConfigFactory.load(); // an application that uses the library, too
        assertEquals(1, load().retry().maxRetries());
        set("llm.retry.max-retries", "7");
        assertEquals(7, load().retry().maxRetries());
        System.clearProperty("llm.retry.max-retries");
        assertEquals(1, load().retry().maxRetries());
    }

    @Test
    void property_canBeUsedBySubstitutions() {
        set("my.retries", "4");
        assertEquals(4, load("llm.retry.max-retries = ${my.retries}").retry().maxRetries());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llm",
                "llm.",
                "llm.home",
                "llm.home.dir",
                "llm.tty",
                "llm.plugins",
                "llm.models",
                "llm.timeout.attempt",
                "llm.preferred-provider.x",
                "llmspi.home"
            })
    void property_ofTheApplication_doesNotStopTheStart(String name) {
        set(name, "/opt/app");
        assertEquals(1, load().retry().maxRetries());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"agents", "modes", "timeouts", "retry", "fallback", "cooldown", "limits", "plugins", "chains"})
    void property_wrongBelowASection_isAFault(String section) {
        set("llm." + section + ".totl.wrong-key", "x");
        LlmConfigException error = assertThrows(LlmConfigException.class, this::load);
        assertTrue(
                error.faults().stream().allMatch(fault -> fault.path().startsWith("llm." + section)),
                error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"llm.timeouts.totl, 3s", "llm.timeouts.total, 3", "llm.retry.max-retries, many"})
    void property_wrong_faultNamesTheSystemProperties(String name, String value) {
        set(name, value);
        List<ConfigFault> faults =
                assertThrows(LlmConfigException.class, this::load).faults();
        assertEquals(1, faults.size());
        assertEquals(name, faults.get(0).path());
        assertEquals("system properties", faults.get(0).origin());
    }
}
