package dev.llmspi.openai.wire.error;

import org.jspecify.annotations.Nullable;

/** Reads JSON that is embedded in a text. */
public interface JsonText {

    /**
     * A JSON value that was found in a text.
     *
     * @param value a map or list of maps, lists, strings, numbers and booleans
     * @param end the index of the first character after the value
     */
    record Found(Object value, int end) {}

    /** Returns the JSON object or list that starts at an index; null if none starts there. */
    @Nullable
    Found at(String text, int start);
}
