package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.it.server.DeafPort;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.it.timing.RepeatIfLate;
import dev.llmspi.it.timing.Stopwatch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLServerSocketFactory;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests connections that cannot be established. Nothing is sent in this case, so no attempt counts as sent. */
@Timeout(60)
class NoConnectionTest {

    private static final Expected FAILED = Expected.error(ErrorKind.CONNECTION)
            .reason(ErrorReason.CONNECT_FAILED)
            .retried()
            .fallsBack();

    @Tag("fault-1.1")
    @ParameterizedTest
    @EnumSource
    void refused_isRetriedThenFallsBack_nothingCountsAsSent(Mode mode) {
        FAILED.checkLasting("openrouter", mode, bench -> bench.openrouter.close());
        FAILED.checkLasting("portkey", mode, bench -> bench.portkey.close());
    }

    @Tag("fault-1.2")
    @ParameterizedTest
    @EnumSource
    void unknownHost_isRetriedThenFallsBack_messageWithoutKey(Mode mode) {
        URI nowhere = URI.create("https://no-such-host.invalid/v1/secret-path");
        Expected.error(ErrorKind.CONNECTION)
                .reason(ErrorReason.UNKNOWN_HOST)
                .retried()
                .fallsBack()
                .checkLasting("openrouter", mode, bench -> bench.baseUrl("openrouter", nowhere));
        try (FaultBench bench = FaultBench.alone("portkey").baseUrl("portkey", nowhere)) {
            Outcome outcome = bench.call(mode);
            StringWriter shown = new StringWriter();
            outcome.error().printStackTrace(new PrintWriter(shown, true));
            assertFalse(shown.toString().contains("pk-key"), shown::toString);
            assertFalse(shown.toString().contains("secret-path"), shown::toString);
            assertTrue(outcome.sentTo("portkey").isEmpty());
        }
    }

    @Tag("fault-1.3")
    @ParameterizedTest
    @EnumSource
    @RepeatIfLate
    void connectionNotAccepted_endsWithTheConnectTimeout(Mode mode) {
        try (DeafPort server = DeafPort.full();
                FaultBench bench = FaultBench.both()
                        .baseUrl("openrouter", server.url("http"))
                        .set("llm.timeouts.connect", "200ms")
                        .set("llm.retry.max-retries", 1)) {
            bench.portkey.then(mode.answer("hello"));
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = bench.call(mode);
            assertEquals("hello", outcome.answer().text());
            List<Attempt> failures =
                    outcome.attempts().subList(0, outcome.attempts().size() - 1);
            assertEquals(2, failures.size(), outcome::toString);
            for (Attempt failure : failures) {
                assertEquals(ErrorReason.CONNECT_FAILED, failure.reason().orElseThrow());
                assertFalse(failure.sent());
                assertTrue(failure.duration().toMillis() >= 190, failure::toString);
                watch.assertAtMost(Duration.ofMillis(300), failure.duration(), failure::toString);
            }
        }
    }

    @Tag("fault-1.4")
    @ParameterizedTest
    @EnumSource
    void untrustedCertificate_goesToTheNextWithoutAByteOfTheRequest(Mode mode) {
        Expected tls =
                Expected.error(ErrorKind.CONNECTION).reason(ErrorReason.TLS).fallsBack();
        try (TestUpstream untrusted = TestUpstream.startTls(sockets(certificate("127.0.0.1")))) {
            tls.checkLasting("openrouter", mode, bench -> bench.baseUrl("openrouter", untrusted.url("/v1")));
            tls.checkLasting("portkey", mode, bench -> bench.baseUrl("portkey", untrusted.url("/v1")));
            // The setting allow-insecure permits plain HTTP, but it does not switch off certificate checks.
            tls.checkLasting("portkey", mode, bench -> bench.baseUrl("portkey", untrusted.url("/v1"))
                    .set("llm.providers.portkey.allow-insecure", true));
            assertEquals(0, untrusted.posts());
        }
    }

    /** The certificate comes from a trusted issuer, but it belongs to another host. */
    @Tag("fault-1.4")
    @ParameterizedTest
    @EnumSource
    void certificateForAnotherHost_goesToTheNextWithoutAByteOfTheRequest(Mode mode, @TempDir Path folder)
            throws IOException {
        Expected tls =
                Expected.error(ErrorKind.CONNECTION).reason(ErrorReason.TLS).fallsBack();
        HeldCertificate other = certificate("other.example");
        HeldCertificate own = certificate("127.0.0.1");
        String authorities = Files.writeString(folder.resolve("ca.pem"), other.certificatePem() + own.certificatePem())
                .toString();
        try (TestUpstream server = TestUpstream.startTls(sockets(other))) {
            tls.checkLasting("openrouter", mode, bench -> bench.baseUrl("openrouter", server.url("/v1"))
                    .set("llm.providers.openrouter.tls.ca-file", authorities));
            assertEquals(0, server.posts());
        }
        try (FaultBench bench = FaultBench.with(TestUpstream.startTls(sockets(own)), TestUpstream.start())) {
            bench.set("llm.providers.openrouter.tls.ca-file", authorities);
            bench.openrouter.then(mode.answer("hello"));
            assertEquals("hello", bench.call(mode).answer().text());
        }
    }

    private static HeldCertificate certificate(String host) {
        return new HeldCertificate.Builder().addSubjectAlternativeName(host).build();
    }

    private static SSLServerSocketFactory sockets(HeldCertificate certificate) {
        return new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .build()
                .sslContext()
                .getServerSocketFactory();
    }
}
