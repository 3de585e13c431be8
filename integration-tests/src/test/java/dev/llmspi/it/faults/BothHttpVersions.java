package dev.llmspi.it.faults;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs the tests of a class over HTTP/1.1 and over HTTP/2. */
@ParameterizedClass(name = "{0}")
@EnumSource
abstract class BothHttpVersions {

    @Parameter
    HttpVersion version;

    @BeforeEach
    void useVersion() {
        version.use();
    }

    @AfterEach
    void useStandardVersion() {
        HttpVersion.HTTP_1_1.use();
    }
}
