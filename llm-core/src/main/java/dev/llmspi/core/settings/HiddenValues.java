package dev.llmspi.core.settings;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/** A map that shows its keys and not its values: there may be secrets among them. */
final class HiddenValues extends AbstractMap<String, Object> {

    private final Map<String, Object> values;

    HiddenValues(Map<String, Object> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        return values.entrySet();
    }

    @Override
    public String toString() {
        return values.keySet().toString();
    }
}
