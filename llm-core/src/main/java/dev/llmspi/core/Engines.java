package dev.llmspi.core;

import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.call.Listeners;
import dev.llmspi.core.settings.LlmSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Makes the engine of a client, with the listeners given and those found in jars. */
final class Engines {

    private static final Logger LOG = System.getLogger("dev.llmspi.registry");
    private static final int MOST_ERRORS = 100;

    private Engines() {}

    static Engine create(TimeSource time, List<LlmListener> given, LlmSettings settings, @Nullable ClassLoader loader) {
        List<LlmListener> all = new ArrayList<>(given);
        Iterator<LlmListener> found = ServiceLoader.load(
                        LlmListener.class, loader != null ? loader : Engines.class.getClassLoader())
                .iterator();
        for (int errors = 0; errors < MOST_ERRORS; ) {
            try {
                if (!found.hasNext()) {
                    break;
                }
                all.add(found.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                errors++;
                LOG.log(Level.WARNING, "a listener cannot be used: " + e.getMessage(), e);
            }
        }
        return new Engine(time, Listeners.of(all), settings.timeouts());
    }
}
