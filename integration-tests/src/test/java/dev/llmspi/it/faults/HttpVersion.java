package dev.llmspi.it.faults;

/** The HTTP version between the client and the servers of a {@link FaultBench}. */
public enum HttpVersion {
    /** HTTP/1.1 without TLS. */
    HTTP_1_1,
    /** HTTP/2 over TLS, to a front that passes each stream to the server. */
    HTTP_2;

    private static volatile HttpVersion current = HTTP_1_1;

    /** Returns the version that new benches use. */
    static HttpVersion current() {
        return current;
    }

    /** Makes new benches use this version. */
    void use() {
        current = this;
    }
}
