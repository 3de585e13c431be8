package dev.llmspi.it.portkey;

import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.ScriptedProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Gives a test class one gateway, and each test a new server behind the gateway. */
@Tag("e2e")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GatewayBench {

    PortkeyGateway gateway;
    TestUpstream upstream;
    PortkeyRig rig;
    /** Answers calls for which the gateway has no answer. */
    ScriptedProvider secondary;

    @BeforeAll
    void startGateway() throws Exception {
        gateway = PortkeyGateway.start();
    }

    @AfterAll
    void stopGateway() {
        if (gateway != null) {
            gateway.close();
        }
    }

    @BeforeEach
    void startUpstream() {
        upstream = TestUpstream.start();
        secondary = ScriptedProvider.named("secondary").answers("from the secondary");
        rig = new PortkeyRig(gateway, upstream);
    }

    @AfterEach
    void stopUpstream() {
        upstream.close();
    }
}
