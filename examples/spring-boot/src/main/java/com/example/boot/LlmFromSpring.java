package com.example.boot;

import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.LlmSettings;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

/** The other way: a client with settings from Spring's own configuration, here {@code application-spring.yml}. */
@Profile("spring")
@Configuration
class LlmFromSpring {

    @Bean
    LlmClient llmClient(Environment environment) {
        Map<String, String> settings = new HashMap<>();
        Binder.get(environment)
                .bind("llm", Bindable.mapOf(String.class, String.class))
                .ifBound(values -> values.forEach((key, value) -> settings.put("llm." + key, value)));
        return LlmClient.builder().settings(LlmSettings.of(settings)).build();
    }
}
