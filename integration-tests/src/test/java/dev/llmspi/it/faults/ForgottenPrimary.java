package dev.llmspi.it.faults;

import dev.llmspi.it.server.ForgetfulProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/**
 * A server over TLS behind a proxy that can forget its connections. A request that contains the word "slow" is not
 * answered before the server is closed. The stream for a request that contains "pause" waits after its first event.
 */
final class ForgottenPrimary implements AutoCloseable {

    /** The version of HTTP that the server speaks. */
    enum Version {
        HTTP_1_1(Protocol.HTTP_1_1),
        HTTP_2(Protocol.HTTP_2, Protocol.HTTP_1_1);

        final List<Protocol> protocols;

        Version(Protocol... protocols) {
            this.protocols = List.of(protocols);
        }
    }

    private static final String EVENT = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"primary\"}}]}\n\n"
            + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String BODY = "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
            + "\"content\":\"primary\"},\"finish_reason\":\"stop\"}]}";

    private final MockWebServer server = new MockWebServer();
    private final ForgetfulProxy proxy;
    private final String certificate;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long delayMillis;
    private volatile CountDownLatch gathering = new CountDownLatch(0);

    ForgottenPrimary(Version version, Path folder) throws IOException {
        HeldCertificate held = new HeldCertificate.Builder()
                .addSubjectAlternativeName("localhost")
                .build();
        certificate = Files.writeString(folder.resolve("ca.pem"), held.certificatePem())
                .toString();
        server.useHttps(new HandshakeCertificates.Builder()
                .heldCertificate(held)
                .build()
                .sslSocketFactory());
        server.setProtocols(version.protocols);
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                return answer(request.getBody().utf8());
            }
        });
        server.start();
        proxy = ForgetfulProxy.before(server.getPort());
    }

    private MockResponse answer(String request) throws InterruptedException {
        CountDownLatch others = gathering;
        others.countDown();
        if (request.contains("slow")) {
            closed.await(1, TimeUnit.MINUTES);
        } else {
            others.await(1, TimeUnit.MINUTES);
        }
        MockResponse.Builder response = new MockResponse.Builder().headersDelay(delayMillis, TimeUnit.MILLISECONDS);
        if (!request.contains("\"stream\":true")) {
            return response.setHeader("Content-Type", "application/json")
                    .body(BODY)
                    .build();
        }
        response.setHeader("Content-Type", "text/event-stream");
        if (request.contains("pause")) {
            response.throttleBody(EVENT.indexOf('\n') + 2L, 2, TimeUnit.SECONDS);
        }
        return response.body(EVENT + "data: [DONE]\n\n").build();
    }

    /** Answers no request until this number of further requests has arrived. */
    void gather(int requests) {
        gathering = new CountDownLatch(requests);
    }

    /** Sets how long the server takes for each answer. */
    void takesMillis(long millis) {
        delayMillis = millis;
    }

    void forget() {
        proxy.forget();
    }

    int connections() {
        return proxy.connections();
    }

    String url() {
        return "https://localhost:" + proxy.port() + "/v1";
    }

    /** Returns the file with the certificate to trust. */
    String certificate() {
        return certificate;
    }

    @Override
    public void close() {
        closed.countDown();
        proxy.close();
        server.close();
    }
}
