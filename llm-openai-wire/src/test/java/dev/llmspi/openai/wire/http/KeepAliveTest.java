package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.OpenAiDialect;
import dev.llmspi.openai.wire.OpenAiWire;
import dev.llmspi.testkit.FakeLlmServer;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the setting keep-alive, and the probes of TCP. */
@Timeout(20)
class KeepAliveTest {

    private static final ChatRequest HELLO =
            ChatRequest.of("Hello").toBuilder().model("m").build();

    @ParameterizedTest
    @CsvSource({"0s,3", "1m,1", "1000h,1"})
    void calls_useAConnectionAgainOnlyIfItIsKept(String keepAlive, int connections) {
        List<ConfigFault> faults = new ArrayList<>();
        try (FakeLlmServer server = FakeLlmServer.openAi().answers("hi").repeat();
                LlmProvider provider = OpenAiWire.provider(
                        new ProviderConfig(
                                "local",
                                "llm.providers.local",
                                Map.of("base-url", server.url(), "api-key", "k", "keep-alive", keepAlive),
                                path -> "",
                                faults,
                                TimeSource.system()),
                        new OpenAiDialect() {})) {
            for (int i = 0; i < 3; i++) {
                provider.chat(HELLO, CallContext.create());
            }
            assertEquals(List.of(), faults);
            assertEquals(connections, server.connections());
        }
    }

    @Test
    void default_isBelowTheTimesAfterWhichLoadBalancersForget() {
        assertTrue(Network.STANDARD.keepAlive().compareTo(Duration.ofSeconds(60)) < 0);
    }

    @Test
    void sockets_probeSilentConnections() throws IOException {
        try (Socket socket = new ChannelSocketFactory(new Liveness()).createSocket()) {
            assertEquals(true, socket.getOption(StandardSocketOptions.SO_KEEPALIVE));
            for (SocketOption<?> option : socket.supportedOptions()) {
                if (option.name().equals("TCP_KEEPIDLE")) {
                    assertEquals(30, socket.getOption(option));
                }
            }
        }
    }
}
