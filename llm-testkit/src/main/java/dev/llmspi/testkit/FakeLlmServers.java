package dev.llmspi.testkit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that starts fake servers for a test, closes them after it, and makes the test fail if one of them got requests its
 * script did not foresee. For JUnit Jupiter 5.12 and newer. Register it in an instance field, as {@link FakeLlmServer} shows;
 * without JUnit start the servers themselves and close them.
 */
public final class FakeLlmServers implements AfterEachCallback {

    private final List<FakeLlmServer> servers = new CopyOnWriteArrayList<>();

    private FakeLlmServers() {}

    public static FakeLlmServers create() {
        return new FakeLlmServers();
    }

    /** As {@link FakeLlmServer#openRouter}. */
    public FakeLlmServer openRouter() {
        return kept(FakeLlmServer.openRouter());
    }

    /** As {@link FakeLlmServer#portkey}. */
    public FakeLlmServer portkey() {
        return kept(FakeLlmServer.portkey());
    }

    /** As {@link FakeLlmServer#openAi}. */
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
