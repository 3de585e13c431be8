package com.example.boot;

import dev.llmspi.core.LlmClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** One client for the whole application. Spring closes it when the application stops. */
@Profile("!spring")
@Configuration
class LlmConfiguration {

    @Bean
    LlmClient llmClient() {
        return LlmClient.load(); // application.conf and the environment
    }
}
