package dev.llmspi.openai.wire.http;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.spi.CredentialException;
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

/** Determines the reason for a network failure from the exception and the state of the exchange. */
final class FailureMapper {

    private static final String NOT_IN_TIME = "the connection was not accepted in time";
    private static final int PROXY_AUTHENTICATION = 407;
    // OkHttp reports the proxy's status only in the exception's message.
    private static final Pattern NO_TUNNEL = Pattern.compile("Unexpected response code for CONNECT: (\\d{3})");

    private static final String REFUSED = "the server refused the client's certificate, or requires one";
    private static final Pattern CERTIFICATE_ALERT =
            Pattern.compile("(?:\\(.*\\) )?Received fatal alert: (?:.*certificate.*|unknown_ca|access_denied)");

    private FailureMapper() {}

    static TransportException cancelled(Exchange exchange) {
        return failure(ErrorReason.CANCELLED, exchange, "the call was cancelled", null);
    }

    static TransportException noProxyPassword(CredentialException e, Exchange exchange) {
        String text = "could not obtain the password of its proxy: " + e.getMessage();
        return failure(ErrorReason.PROXY_AUTHENTICATION, exchange, text, e);
    }

    /** Returns the failure of a call that had no connection within the connect timeout. */
    static TransportException connectTimeout(Exchange exchange) {
        return exchange.isResolving()
                ? failure(ErrorReason.UNKNOWN_HOST, exchange, "the host name could not be resolved in time", null)
                : failure(ErrorReason.CONNECT_FAILED, exchange, NOT_IN_TIME, null);
    }

    static TransportException map(IOException e, Exchange exchange, boolean compressed) {
        if (exchange.status() == PROXY_AUTHENTICATION || isProxyRefusal(e)) {
            return failure(ErrorReason.PROXY_AUTHENTICATION, exchange, "a proxy requires credentials (407)", null);
        }
        if (e instanceof ConnectionGuard.StaleConnectionException) {
            return failure(ErrorReason.STALE_CONNECTION, exchange, "the server had closed a pooled connection", null);
        }
        if (exchange.status() == 0 && Unprocessed.is(e)) {
            return new TransportException(
                    ErrorKind.CONNECTION,
                    ErrorReason.UNPROCESSED,
                    false,
                    0,
                    "the server refused the request without processing it",
                    null);
        }
        if (!exchange.sent()) {
            return beforeSending(e, exchange);
        }
        if (exchange.status() == 0 && refusesClient(e)) {
            // With TLS 1.3, the client learns this only when it reads. The server has not seen the request.
            return new TransportException(ErrorKind.CONNECTION, ErrorReason.TLS, false, 0, REFUSED, null);
        }
        if (e instanceof BoundedBody.TooLargeException || exchange.isFlooded()) {
            return new TransportException(
                    ErrorKind.SERVICE, ErrorReason.TOO_LARGE, true, exchange.status(), "the answer is too large", null);
        }
        // A truncated HTTP/1 body causes a ProtocolException, whereas malformed gzip data causes a plain IOException or
        // an EOFException.
        if (compressed && (e.getClass() == IOException.class || e instanceof EOFException)) {
            return new TransportException(
                    ErrorKind.SERVICE,
                    ErrorReason.MALFORMED_RESPONSE,
                    true,
                    exchange.status(),
                    "the answer is announced as gzip but is not gzip",
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

    /** Maps any other exception from OkHttp. Its message is not shown, because it may contain a header. */
    static TransportException map(Exception e, Exchange exchange) {
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
                    "a proxy refused to open a tunnel (" + tunnel.group(1) + ")",
                    null);
        }
        if (e instanceof UnknownHostException) {
            return failure(ErrorReason.UNKNOWN_HOST, exchange, "the host name could not be resolved", e);
        }
        if (e instanceof SSLException && !isHangUp(e)) {
            return failure(
                    ErrorReason.TLS,
                    exchange,
                    refusesClient(e)
                            ? REFUSED
                            : isDistrust(e)
                                    ? "the server's certificate is not trusted or does not match its name"
                                    : "the TLS handshake failed",
                    e);
        }
        String text = e instanceof SocketTimeoutException ? NOT_IN_TIME : "the connection could not be opened";
        return failure(ErrorReason.CONNECT_FAILED, exchange, text, harmless(e));
    }

    private static TransportException failure(
            ErrorReason reason, Exchange exchange, String text, @Nullable Throwable cause) {
        return new TransportException(ErrorKind.CONNECTION, reason, exchange.sent(), exchange.status(), text, cause);
    }

    /**
     * Whether the server closed the connection during the handshake, in which case it is down rather than untrusted.
     */
    private static boolean isHangUp(IOException e) {
        return e.getCause() instanceof EOFException || e.getCause() instanceof SocketException;
    }

    /** Whether the server refused the client's certificate, or required one that the client does not have. */
    private static boolean refusesClient(IOException e) {
        if (e instanceof SSLException
                && CERTIFICATE_ALERT.matcher(String.valueOf(e.getMessage())).matches()) {
            return true;
        }
        for (Throwable other : e.getSuppressed()) { // writing failed, and OkHttp has then read the alert
            if (other instanceof IOException suppressed && refusesClient(suppressed)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDistrust(IOException e) {
        return e instanceof SSLPeerUnverifiedException || e.getCause() instanceof CertificateException;
    }

    private static boolean isProxyRefusal(IOException e) {
        return "Failed to authenticate with proxy".equals(e.getMessage());
    }

    /**
     * Returns the exception if it is a network exception from the JDK; otherwise null, because an exception from OkHttp
     * may quote a text that the server sent.
     */
    private static @Nullable Throwable harmless(IOException e) {
        return e instanceof ConnectException
                        || e instanceof NoRouteToHostException
                        || e instanceof SocketTimeoutException
                        || e.getClass() == SocketException.class
                ? e
                : null;
    }
}
