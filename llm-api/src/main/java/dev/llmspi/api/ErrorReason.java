package dev.llmspi.api;

/**
 * The reason for an error, which refines its {@link ErrorKind}. Later releases may add values, so a switch needs a
 * default branch.
 */
public enum ErrorReason {
    /** Connection error: the host name could not be resolved, or not within the connect timeout. */
    UNKNOWN_HOST,
    /**
     * Connection error: the server refused the connection, was unreachable, or did not accept it within the connect
     * timeout.
     */
    CONNECT_FAILED,
    /** Connection error: the server's certificate is not trusted or does not match the host name. */
    TLS,
    /** Connection error: a pooled connection turned out to be dead before the request was sent. */
    STALE_CONNECTION,
    /**
     * Connection error: the server guarantees that it has not processed the request. With HTTP/2, it refused the
     * stream, or was about to close the connection. The request is sent again at once, at most three times at a link.
     * Such a resend is no retry, and the failure has no effect on the provider's health.
     */
    UNPROCESSED,
    /** Connection error: the connection was lost while the request was being sent or the response was being read. */
    CONNECTION_LOST,
    /** Connection error: a proxy requires credentials. */
    PROXY_AUTHENTICATION,
    /** Authentication error: there is no API key to send. */
    MISSING_CREDENTIAL,
    /** Authentication error: the key was rejected and has been renewed, so an immediate retry makes sense. */
    CREDENTIAL_RENEWED,
    /**
     * Authentication error: the server answered with status 403 without naming a key, permission, account or region as
     * the cause. A firewall may have refused a single prompt, so the account enters cooldown only after three such
     * errors in a row.
     */
    FORBIDDEN,
    /** Rate limit error: the request would exceed a limit set in this client, and was not sent. */
    CLIENT_LIMIT,
    /**
     * Rate limit error: calls in progress have reserved the whole budget. Each of them releases its share when it ends.
     */
    IN_FLIGHT_BUDGET,
    /** Resource exhausted: no credit is left, or not enough credit for this request. */
    INSUFFICIENT_CREDIT,
    /** Resource exhausted: a daily, monthly or lifetime quota or budget is used up. */
    QUOTA,
    /** Invalid request: moderation or a guardrail refused the content. */
    CONTENT_FILTERED,
    /**
     * Invalid request: the request was refused for a reason that no rule recognises. Another provider may accept it.
     */
    UNRECOGNISED,
    /** Invalid request: the provider's settings are wrong, for example a gateway configuration or a base URL. */
    PROVIDER_SETTINGS,
    /** Service error: the server responded with a redirect, which is never followed. */
    REDIRECT,
    /**
     * Service error: the response exceeds the configured size. Invalid request: the request exceeds the configured
     * size.
     */
    TOO_LARGE,
    /** Service error: the response is not valid JSON or does not have the expected structure. */
    MALFORMED_RESPONSE,
    /** Service error: the response contains no answer. */
    EMPTY_RESPONSE,
    /** Service error: the stream ended without a finish reason. */
    TRUNCATED,
    /** Timeout: no content arrived before the first-token timeout expired. */
    FIRST_TOKEN_TIMEOUT,
    /** Timeout: the stream delivered nothing within the idle timeout. */
    IDLE_TIMEOUT,
    /** Service error: the provider's code threw an exception that is not an {@code LlmException}, or returned null. */
    PROVIDER_FAULT,
    /** Timeout: the attempt timeout expired. */
    ATTEMPT_TIMEOUT,
    /** Timeout: the link's share of the total timeout expired. */
    LINK_TIMEOUT,
    /** Timeout: the total timeout of the call expired. */
    TOTAL_TIMEOUT,
    /** Timeout: a timeout expired at the provider, or at a server between this client and the provider. */
    REMOTE_TIMEOUT,
    /**
     * Model error: the model is unknown to the provider, retired, or not available under the conditions of the request.
     */
    MODEL_NOT_FOUND,
    /** Model error: the conversation exceeds the model's context length. */
    CONTEXT_LENGTH,
    /** Model error: the model lacks a capability that the request needs, such as tools or images. */
    MISSING_CAPABILITY,
    /** Skipped link: the link uses another model, which the call does not allow. */
    OTHER_MODEL,
    /** Model error: the configuration does not map the alias to a model of this provider. */
    NOT_MAPPED,
    /** Skipped link: the link is in cooldown after earlier errors. */
    COOLDOWN,
    /** The caller cancelled the call, or the caller's thread was interrupted. */
    CANCELLED
}
