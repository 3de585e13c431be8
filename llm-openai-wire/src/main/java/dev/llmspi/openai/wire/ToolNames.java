package dev.llmspi.openai.wire;

import java.util.regex.Pattern;

/**
 * Adapts the names in tool calls. One server's models may call {@code functions.get_weather}, but other servers also
 * check the names in the history and reject every request that contains such a name.
 */
final class ToolNames {

    private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9_-]");
    private static final int LONGEST = 64;

    private ToolNames() {}

    /** Whether every known server accepts the name. */
    static boolean isFit(String name) {
        return name.length() <= LONGEST && ToolCallIds.isPlain(name);
    }

    /**
     * Returns the name if every server accepts it. Otherwise returns its beginning with the invalid characters
     * replaced, followed by a short form of the whole name, so that two different names never become the same name.
     */
    static String fit(String name) {
        if (isFit(name)) {
            return name;
        }
        String ending = "_" + ToolCallIds.shortForm(name);
        String beginning = UNFIT.matcher(name).replaceAll("_");
        return beginning.substring(0, Math.min(beginning.length(), LONGEST - ending.length())) + ending;
    }
}
