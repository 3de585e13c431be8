package dev.llmspi.examples.cli;

import dev.llmspi.examples.show.JsonLine;
import java.io.File;

/**
 * The folder {@code providers/} of the program. The launcher passes its path. Each jar and each folder in it is a
 * plug-in, so that a broken one is reported and the others work. On the module path, it would stop the JVM.
 */
final class ProvidersFolder {

    /** Where the settings of this class come from, for error messages. */
    static final String ORIGIN = "the launcher";

    private ProvidersFolder() {}

    /**
     * Returns HOCON text that adds the folder to those of the user's own settings, over which it must be placed. The
     * text is empty if the launcher found no folder.
     */
    static String hocon() {
        String folder = System.getProperty("llm.plugins", "");
        return folder.isEmpty()
                ? ""
                : "llm.plugins.dir = ${?llm.plugins.dir}" + JsonLine.of(File.pathSeparator + folder);
    }
}
