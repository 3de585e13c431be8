package dev.llmspi.openai.wire;

import java.util.regex.Pattern;

/**
 * Makes the names of called tools fit. One server lets its models call {@code functions.get_weather}; others check the
 * names in the history too and refuse every request that holds such a one.
 */
final class ToolNames {

    private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9_-]");
    private static final int LONGEST = 64;

    private ToolNames() {}

    /** Whether every known server takes the name. */
    static boolean isFit(String name) {
        return name.length() <= LONGEST && ToolCallIds.isPlain(name);
    }

    /**
     * The name itself if it fits; otherwise what fits of it, and a short form of the whole, so that two names never
     * become one.
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
