package dev.llmspi.testkit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that starts fake servers for a test and closes them afterwards. It fails the test if a server
 * received requests beyond the end of its script. The extension requires JUnit Jupiter 5.12 or newer. Register it in an
 * instance field, as shown in {@link FakeLlmServer}. Without JUnit, start and close the servers yourself.
 */
public final class FakeLlmServers implements AfterEachCallback {

    private final List<FakeLlmServer> servers = new CopyOnWriteArrayList<>();

    private FakeLlmServers() {}

    public static FakeLlmServers create() {
        return new FakeLlmServers();
    }

    /**
     * Starts a server that replies like OpenRouter and is closed after the test; see {@link FakeLlmServer#openRouter}.
     */
    public FakeLlmServer openRouter() {
        return kept(FakeLlmServer.openRouter());
    }

    /** Starts a server that replies like Portkey and is closed after the test; see {@link FakeLlmServer#portkey}. */
    public FakeLlmServer portkey() {
        return kept(FakeLlmServer.portkey());
    }

    /** Starts a server that replies like OpenAI and is closed after the test; see {@link FakeLlmServer#openAi}. */
    public FakeLlmServer openAi() {
        return kept(FakeLlmServer.openAi());
    }

    private FakeLlmServer kept(FakeLlmServer server) {
        servers.add(server);
        return server;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<FakeLlmServer> used = List.copyOf(servers);
        servers.clear();
        used.forEach(FakeLlmServer::close);
        List<String> complaints = used.stream()
                .map(FakeLlmServer::complaint)
                .flatMap(Optional::stream)
                .toList();
        if (!complaints.isEmpty()) {
            Assertions.fail(String.join("; ", complaints));
        }
    }
}
