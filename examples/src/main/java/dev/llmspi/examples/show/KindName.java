package dev.llmspi.examples.show;

import dev.llmspi.api.ErrorKind;

/**
 * The names of error kinds in the program's output. Scripts depend on these names, so they are independent of the enum
 * constants.
 */
public final class KindName {

    /** The kind that is shown for wrong usage and configuration, for which there is no {@link ErrorKind}. */
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
