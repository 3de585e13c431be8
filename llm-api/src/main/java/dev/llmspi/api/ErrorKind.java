package dev.llmspi.api;

/** The eight kinds of error. Each kind has its own exception class in {@code dev.llmspi.api.error}. */
public enum ErrorKind {
    /** The provider could not be reached, or the connection was lost. */
    CONNECTION("connection_error"),
    /** The API key is missing, wrong, or lacks a permission. */
    AUTHENTICATION("authentication_error"),
    /** Too many requests were sent in a short time, so a retry after a wait may succeed. */
    RATE_LIMIT("rate_limit_error"),
    /** A credit, quota or budget is used up, so a short wait does not help. */
    RESOURCE_EXHAUSTED("resource_exhausted_error"),
    /** The request is invalid, or its content was refused. */
    INVALID_REQUEST("invalid_request_error"),
    /** The provider failed, or its response is not a valid answer. */
    SERVICE("service_error"),
    /** A timeout expired, either in this client or at the provider. */
    TIMEOUT("timeout_error"),
    /** The model cannot serve the request: it is unknown, retired or gated, or the conversation is too long for it. */
    MODEL("model_error");

    private final String id;

    ErrorKind(String id) {
        this.id = id;
    }

    /** Returns the stable name used in configuration, telemetry and files, such as {@code rate_limit_error}. */
    public String id() {
        return id;
    }
}
