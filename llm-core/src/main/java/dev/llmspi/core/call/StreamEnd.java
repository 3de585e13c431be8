package dev.llmspi.core.call;

import dev.llmspi.api.ChatStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Closes the streams of others: one that fails at it keeps neither the call from its end nor the answer from its reader. */
public final class StreamEnd {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private StreamEnd() {}

    public static void close(ChatStream stream) {
        try {
            stream.close();
        } catch (Throwable e) {
            JvmTrouble.rethrow(e);
            LOG.log(Level.WARNING, "a stream failed to close", e);
        }
    }
}
