package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests what an exception means before and after the request was sent, and which exceptions become an error's cause.
 */
class FailureMapperTest {

    /** A call that is never executed. */
    private static final Call CALL = new OkHttpClient()
            .newCall(new Request.Builder().url("http://127.0.0.1/").build());

    private final Exchange unsent = new Exchange(Duration.ofSeconds(10));

    private static Exchange sent() {
        Exchange exchange = new Exchange(Duration.ofSeconds(10));
        exchange.requestHeadersStart(CALL);
        return exchange;
    }

    private static SSLException tls(Throwable cause) {
        SSLException error = new SSLHandshakeException("handshake");
        error.initCause(cause);
        return error;
    }

    static Stream<Arguments> beforeSending() {
        return Stream.of(
                Arguments.of(new UnknownHostException("nowhere"), ErrorReason.UNKNOWN_HOST, "could not be resolved"),
                Arguments.of(new ConnectException("refused"), ErrorReason.CONNECT_FAILED, "could not be opened"),
                Arguments.of(new SocketTimeoutException("late"), ErrorReason.CONNECT_FAILED, "accepted in time"),
                Arguments.of(new SSLPeerUnverifiedException("other name"), ErrorReason.TLS, "does not match its name"),
                Arguments.of(tls(new CertificateException("self-signed")), ErrorReason.TLS, "is not trusted"),
                Arguments.of(tls(new IllegalStateException("x")), ErrorReason.TLS, "the TLS handshake failed"),
                Arguments.of(tls(null), ErrorReason.TLS, "the TLS handshake failed"),
                // A server that closes the connection during the handshake is down rather than untrusted.
                Arguments.of(tls(new EOFException()), ErrorReason.CONNECT_FAILED, "could not be opened"),
                Arguments.of(tls(new SocketException()), ErrorReason.CONNECT_FAILED, "could not be opened"));
    }

    @ParameterizedTest
    @MethodSource
    void beforeSending(IOException thrown, ErrorReason reason, String text) {
        TransportException error = FailureMapper.map(thrown, unsent, false);
        assertEquals(ErrorKind.CONNECTION, error.kind());
        assertEquals(reason, error.reason());
        assertTrue(error.getMessage().contains(text), error.getMessage());
        assertFalse(error.sent());
    }

    @Test
    void map_afterSending_connectionLost() {
        Exchange exchange = sent();
        TransportException before = FailureMapper.map(new SocketException("reset"), exchange, false);
        assertEquals(ErrorReason.CONNECTION_LOST, before.reason());
        assertTrue(before.getMessage().contains("before an answer came"), before.getMessage());
        assertTrue(before.sent());
        exchange.answered(200);
        TransportException within = FailureMapper.map(new UnknownHostException("x"), exchange, false);
        assertEquals(ErrorReason.CONNECTION_LOST, within.reason());
        assertTrue(within.getMessage().contains("before the answer was complete"), within.getMessage());
        assertEquals(200, within.status());
    }

    @Test
    void map_gzipErrorAfterSending_malformedResponse() {
        for (IOException complaint : new IOException[] {new IOException("ID1ID2"), new EOFException()}) {
            TransportException error = FailureMapper.map(complaint, sent(), true);
            assertEquals(ErrorKind.SERVICE, error.kind());
            assertEquals(ErrorReason.MALFORMED_RESPONSE, error.reason());
            assertEquals(
                    ErrorReason.CONNECTION_LOST,
                    FailureMapper.map(complaint, sent(), false).reason());
        }
        assertEquals(
                ErrorReason.CONNECTION_LOST,
                FailureMapper.map(new ProtocolException("unexpected end"), sent(), true)
                        .reason());
    }

    @Test
    void map_proxyWantsCredentials_inEveryForm() {
        assertEquals(
                ErrorReason.PROXY_AUTHENTICATION,
                FailureMapper.map(new IOException("Failed to authenticate with proxy"), unsent, false)
                        .reason());
        Exchange answered = sent();
        answered.answered(407);
        assertEquals(
                ErrorReason.PROXY_AUTHENTICATION,
                FailureMapper.map(new IOException("x"), answered, false).reason());
    }

    @Test
    void map_cause_isExposedOnlyIfItCannotQuoteTheServer() {
        for (IOException harmless : new IOException[] {
            new ConnectException("x"),
            new NoRouteToHostException("x"),
            new SocketTimeoutException("x"),
            new SocketException("x")
        }) {
            assertSame(harmless, FailureMapper.map(harmless, unsent, false).getCause());
            assertSame(harmless, FailureMapper.map(harmless, sent(), false).getCause());
        }
        for (IOException quoting :
                new IOException[] {new IOException("x"), new ProtocolException("x"), new SocketException("x") {}}) {
            assertNull(FailureMapper.map(quoting, unsent, false).getCause());
            assertNull(FailureMapper.map(quoting, sent(), false).getCause());
        }
    }

    @Test
    void uncheckedException_isNamedByItsClassAlone() {
        TransportException error = FailureMapper.map(new IllegalStateException("secret"), sent());
        assertEquals(ErrorReason.CONNECTION_LOST, error.reason());
        assertTrue(error.getMessage().contains("IllegalStateException"), error.getMessage());
        assertFalse(error.getMessage().contains("secret"), error.getMessage());
        assertEquals(ErrorReason.CANCELLED, FailureMapper.cancelled(unsent).reason());
    }
}
