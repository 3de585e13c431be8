package dev.llmspi.api;

/** A finer case of an {@link ErrorKind}. Later releases add values: keep a default branch. */
public enum ErrorReason {
    /** Connection: the host name could not be resolved. */
    UNKNOWN_HOST,
    /** Connection: refused, unreachable, or not accepted within the connect timeout. */
    CONNECT_FAILED,
    /** Connection: the server's certificate is not trusted or does not fit its name. */
    TLS,
    /** Connection: a pooled connection turned out to be dead before the request was sent. */
    STALE_CONNECTION,
    /** Connection: it broke while the request was sent or the answer was read. */
    CONNECTION_LOST,
    /** Connection: a proxy asks for credentials. */
    PROXY_AUTHENTICATION,
    /** Authentication: no key is there to send. */
    MISSING_CREDENTIAL,
    /** Authentication: the key was rejected and has been renewed; another attempt makes sense at once. */
    CREDENTIAL_RENEWED,
    /** Rate limit: a limit this client sets itself was reached, and nothing was sent. */
    CLIENT_LIMIT,
    /** Rate limit: the money reserved for calls under way is used up; it comes back when they end. */
    IN_FLIGHT_BUDGET,
    /** Resource exhausted: no credit is left, or not enough for this request. */
    INSUFFICIENT_CREDIT,
    /** Resource exhausted: a daily, monthly or lifetime quota or budget is used up. */
    QUOTA,
    /** Invalid request: the content was refused by moderation or a guardrail. */
    CONTENT_FILTERED,
    /** Invalid request: the provider's own settings are wrong (a gateway's configuration, a base URL). */
    PROVIDER_SETTINGS,
    /** Service: the server answered with a redirect, which is never followed. */
    REDIRECT,
    /** Service: the answer is larger than allowed. Invalid request: the request is. */
    TOO_LARGE,
    /** Service: the answer is no JSON, or not of the expected shape. */
    MALFORMED_RESPONSE,
    /** Service: the answer holds nothing. */
    EMPTY_RESPONSE,
    /** Service: the stream ended without a finish reason. */
    TRUNCATED,
    /** Timeout: no content came in time. */
    FIRST_TOKEN_TIMEOUT,
    /** Timeout: the stream fell silent. */
    IDLE_TIMEOUT,
    /** Service: the provider's code threw an exception that is not an {@code LlmException}, or returned null. */
    PROVIDER_FAULT,
    /** Timeout: the attempt clock ran out. */
    ATTEMPT_TIMEOUT,
    /** Timeout: the link's share of the total clock ran out. */
    LINK_TIMEOUT,
    /** Timeout: the total clock of the call ran out. */
    TOTAL_TIMEOUT,
    /** Timeout: the provider, or something between, gave up. */
    REMOTE_TIMEOUT,
    /** Model: not known to the provider, gone, or not offered under the request's conditions. */
    MODEL_NOT_FOUND,
    /** Model: the conversation does not fit the model's context. */
    CONTEXT_LENGTH,
    /** Model: it cannot do what the request needs, such as tools or images. */
    MISSING_CAPABILITY,
    /** A skipped link: it has another model, and the call allows none. */
    OTHER_MODEL,
    /** Model: no model is configured for this provider under that name. */
    NOT_MAPPED,
    /** A skipped link: it is in cooldown after earlier errors. */
    COOLDOWN,
    /** The caller cancelled, or its thread was interrupted. */
    CANCELLED
}
