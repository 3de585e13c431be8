package dev.llmspi.it.faults;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.it.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that break before an answer is there: never a POST nobody is told of. */
@Timeout(60)
class BrokenConnectionTest {

    private static final Expected LOST = Expected.error(ErrorKind.CONNECTION)
            .reason(ErrorReason.CONNECTION_LOST)
            .retried()
            .handedOn();

    @Tag("fault-1.5")
    @ParameterizedTest
    @EnumSource
    void reset_beforeTheHead_isRetriedAndHandedOn(Mode mode) {
        LOST.check(mode, Reply.reset());
    }

    @Tag("fault-1.5")
    @ParameterizedTest
    @EnumSource
    void close_beforeTheHead_isRetriedAndHandedOn(Mode mode) {
        LOST.check(mode, Reply.close());
    }
}
