package dev.llmspi.openai.wire.http;

/** A connection's socket, which may be a TLS socket on top of another socket. */
interface AnswerSocket {

    /** Returns the socket at the bottom. */
    TrackedSocket tracked();

    /** Returns the bytes that OkHttp reads. */
    AnswerInput answers();
}
