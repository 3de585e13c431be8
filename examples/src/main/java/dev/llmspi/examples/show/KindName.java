package dev.llmspi.examples.show;

import dev.llmspi.api.ErrorKind;

/** The spelling of error kinds in the program's output. Scripts read it, so it does not follow the enum's names. */
public final class KindName {

    /** Wrong usage or configuration: no error of a provider, so no {@link ErrorKind}. */
    public static final String CONFIG = "Config";

    private KindName() {}

    public static String of(ErrorKind kind) {
        return switch (kind) {
            case CONNECTION -> "Connection";
            case AUTHENTICATION -> "Authentication";
            case RATE_LIMIT -> "RateLimit";
            case RESOURCE_EXHAUSTED -> "ResourceExhausted";
            case INVALID_REQUEST -> "InvalidRequest";
            case SERVICE -> "Service";
            case TIMEOUT -> "Timeout";
            case MODEL -> "Model";
        };
    }
}
