package com.example.boot;

import dev.llmspi.core.LlmClient;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Asks one question and stops. */
@SpringBootApplication
class Application {

    public static void main(String[] args) {
        SpringApplication.run(Application.class, args);
    }

    @Bean
    CommandLineRunner ask(LlmClient client) {
        return args -> {
            client.registry().providers().forEach(provider -> System.out.println(provider.jar()));
            System.out.println(client.complete("Why is the sky blue?"));
        };
    }
}
