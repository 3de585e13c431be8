package dev.llmspi.api;

/** The eight kinds of error; each has one exception class in {@code dev.llmspi.api.error}. */
public enum ErrorKind {
    /** The provider could not be reached, or the connection broke. */
    CONNECTION("connection_error"),
    /** The key is missing, wrong, or lacks a permission. */
    AUTHENTICATION("authentication_error"),
    /** Too many requests just now; a wait helps. */
    RATE_LIMIT("rate_limit_error"),
    /** Out of credit, quota or budget; a short wait does not help. */
    RESOURCE_EXHAUSTED("resource_exhausted_error"),
    /** The request is wrong or was refused for its content. */
    INVALID_REQUEST("invalid_request_error"),
    /** The provider failed, or its answer is not one. */
    SERVICE("service_error"),
    /** A clock ran out, here or at the provider. */
    TIMEOUT("timeout_error"),
    /** This model cannot do it: unknown, gone, gated, or the conversation is too long for it. */
    MODEL("model_error");

    private final String id;

    ErrorKind(String id) {
        this.id = id;
    }

    /** The one stable spelling in configuration, telemetry and files, such as {@code rate_limit_error}. */
    public String id() {
        return id;
    }
}
