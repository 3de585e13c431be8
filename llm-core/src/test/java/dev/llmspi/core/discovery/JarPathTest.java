package dev.llmspi.core.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks how the URLs that different class loaders give to a jar are shown to people. */
class JarPathTest {

    @ParameterizedTest
    @CsvSource({
        "file:/a/b.jar, /a/b.jar",
        "file:/a/my%20apps/b.jar, /a/my apps/b.jar",
        "file:/a/my apps/b.jar, /a/my apps/b.jar",
        "file://server/share/b.jar, //server/share/b.jar",
        "file:/a/classes/, /a/classes",
        "jar:file:/a/b.jar!/, /a/b.jar",
        "jar:file:/a/b.jar!/META-INF/services/a.B, /a/b.jar",
        "jar:file:/a/app.jar!/BOOT-INF/lib/b.jar!/, /a/app.jar!/BOOT-INF/lib/b.jar",
        "jar:nested:/a/app.jar/!BOOT-INF/lib/b.jar!/, /a/app.jar/!BOOT-INF/lib/b.jar",
        "jar:nested:/a/app.jar/!BOOT-INF/lib/b.jar!/META-INF/services/a.B, /a/app.jar/!BOOT-INF/lib/b.jar",
        "jrt:/java.base, jrt:/java.base",
        "vfs:/content/app.war/WEB-INF/lib/b.jar/, vfs:/content/app.war/WEB-INF/lib/b.jar/",
        "bundle://17.0:1/META-INF/services/a.B, bundle://17.0:1"
    })
    void path_ofEachKindOfUrl_isReadable(String url, String path) throws IOException {
        assertEquals(path, DiscoveryResult.jar(new URL(null, url, new Unopened())));
    }

    /** Lets a test create a URL whose protocol this JVM does not know. */
    private static final class Unopened extends URLStreamHandler {
        @Override
        protected URLConnection openConnection(URL url) {
            throw new UnsupportedOperationException();
        }
    }
}
