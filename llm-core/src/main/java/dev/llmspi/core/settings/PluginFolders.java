package dev.llmspi.core.settings;

import dev.llmspi.api.spi.ConfigBlock;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads the folders that contain plug-ins, which are separated as on a class path. A program can therefore add its own
 * folder to the value of the user.
 */
final class PluginFolders {

    private static final String KEY = "dir";
    private static final Pattern SEPARATOR = Pattern.compile(File.pathSeparator, Pattern.LITERAL);

    private PluginFolders() {}

    static List<Path> read(ConfigBlock block) {
        List<Path> folders = new ArrayList<>();
        String text = block.string(KEY, "");
        block.refuseUnread();
        try {
            SEPARATOR
                    .splitAsStream(text)
                    .filter(folder -> !folder.isBlank())
                    .forEach(folder -> folders.add(Path.of(folder)));
        } catch (InvalidPathException e) {
            block.fault(KEY, "is not a valid path");
        }
        return folders;
    }
}
