package dev.llmspi.openai.wire.http;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Tells from an exception and the state of the exchange what went wrong on the network. */
final class FailureMapper {

    private static final int PROXY_AUTHENTICATION = 407;
    // OkHttp tells it in words only.
    private static final Pattern NO_TUNNEL = Pattern.compile("Unexpected response code for CONNECT: (\\d{3})");

    private FailureMapper() {}

    static TransportException cancelled(Exchange exchange) {
        return failure(ErrorReason.CANCELLED, exchange, "the call was cancelled", null);
    }

    static TransportException map(IOException e, Exchange exchange, boolean compressed) {
        if (exchange.status() == PROXY_AUTHENTICATION || isProxyRefusal(e)) {
            return failure(
                    ErrorReason.PROXY_AUTHENTICATION, exchange, "a proxy on the way asks for credentials (407)", null);
        }
        if (e instanceof ConnectionGuard.StaleConnectionException) {
            return failure(
                    ErrorReason.STALE_CONNECTION, exchange, "a kept connection had been closed by the server", null);
        }
        if (!exchange.sent()) {
            return beforeSending(e, exchange);
        }
        if (e instanceof BoundedBody.TooLargeException) {
            return new TransportException(
                    ErrorKind.SERVICE, ErrorReason.TOO_LARGE, true, exchange.status(), "the answer is too large", null);
        }
        // Over HTTP/1 a cut body is a ProtocolException; a plain IOException or an early end is gzip's own complaint.
        if (compressed && (e.getClass() == IOException.class || e instanceof EOFException)) {
            return new TransportException(
                    ErrorKind.SERVICE,
                    ErrorReason.MALFORMED_RESPONSE,
                    true,
                    exchange.status(),
                    "the answer is announced as gzip and is none",
                    null);
        }
        return failure(
                ErrorReason.CONNECTION_LOST,
                exchange,
                exchange.status() == 0
                        ? "the connection broke before an answer came"
                        : "the connection broke before the answer was complete",
                harmless(e));
    }

    /** What OkHttp throws unchecked; its text may show a header. */
    static TransportException map(RuntimeException e, Exchange exchange) {
        return failure(
                ErrorReason.CONNECTION_LOST,
                exchange,
                "the HTTP library failed (" + e.getClass().getSimpleName() + ")",
                null);
    }

    private static TransportException beforeSending(IOException e, Exchange exchange) {
        Matcher tunnel = NO_TUNNEL.matcher(String.valueOf(e.getMessage()));
        if (tunnel.matches()) {
            return failure(
                    ErrorReason.CONNECT_FAILED,
                    exchange,
                    "a proxy on the way did not let the call through (" + tunnel.group(1) + ")",
                    null);
        }
        if (e instanceof UnknownHostException) {
            return failure(ErrorReason.UNKNOWN_HOST, exchange, "the host name could not be resolved", e);
        }
        if (e instanceof SSLException && !isHangUp(e)) {
            return failure(
                    ErrorReason.TLS,
                    exchange,
                    isDistrust(e)
                            ? "the server's certificate is not trusted or does not fit its name"
                            : "no TLS connection came about",
                    e);
        }
        String text = e instanceof SocketTimeoutException
                ? "the connection was not accepted in time"
                : "the connection could not be opened";
        return failure(ErrorReason.CONNECT_FAILED, exchange, text, harmless(e));
    }

    private static TransportException failure(
            ErrorReason reason, Exchange exchange, String text, @Nullable Throwable cause) {
        return new TransportException(ErrorKind.CONNECTION, reason, exchange.sent(), exchange.status(), text, cause);
    }

    /** A server that hangs up during the handshake is down rather than untrusted. */
    private static boolean isHangUp(IOException e) {
        return e.getCause() instanceof EOFException || e.getCause() instanceof SocketException;
    }

    private static boolean isDistrust(IOException e) {
        return e instanceof SSLPeerUnverifiedException || e.getCause() instanceof CertificateException;
    }

    private static boolean isProxyRefusal(IOException e) {
        return "Failed to authenticate with proxy".equals(e.getMessage());
    }

    /** The JDK's own network exceptions, as causes; OkHttp's may quote what the server sent. */
    private static @Nullable Throwable harmless(IOException e) {
        return e instanceof ConnectException
                        || e instanceof NoRouteToHostException
                        || e instanceof SocketTimeoutException
                        || e.getClass() == SocketException.class
                ? e
                : null;
    }
}
