package dev.llmspi.core.config;

/** A text that is no HOCON, or could not be read: where and why. */
public final class HoconException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String origin;

    HoconException(String origin, String text) {
        super(text);
        this.origin = origin;
    }

    /** The file and line. */
    public String origin() {
        return origin;
    }
}
