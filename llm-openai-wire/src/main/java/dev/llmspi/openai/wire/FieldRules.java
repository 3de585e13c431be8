package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.ProviderConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code request}: which fields of a request's body are left out or renamed, because the server refuses them.
 *
 * @param all for every model
 * @param single for models that differ, by their names as they are sent
 */
record FieldRules(Rules all, Map<String, Rules> single) {

    /** Without them there is no request, and their names are the same everywhere. */
    static final List<String> FIXED = List.of("model", "messages", "stream");

    private static final String OMIT = "omit";
    private static final String RENAME = "rename";
    private static final String MODELS = "models";

    static FieldRules read(ProviderConfig config) {
        ConfigBlock block = config.block("request");
        Rules all = Rules.read(block);
        ConfigBlock models = block.block(MODELS);
        Map<String, Rules> single = new HashMap<>();
        for (String model : models.keys()) {
            ConfigBlock own = models.block(model);
            single.put(model, all.with(Rules.read(own)));
            Blocks.refuseUnknown(own);
        }
        Blocks.refuseUnknown(block);
        return new FieldRules(all, single);
    }

    Rules of(String model) {
        return single.getOrDefault(model, all);
    }

    /**
     * What holds for one model. Each rule looks at the name a field has without any.
     *
     * @param omitted the fields that are left out
     * @param renamed the new names of fields
     */
    record Rules(Set<String> omitted, Map<String, String> renamed) {

        private static Rules read(ConfigBlock block) {
            Set<String> omitted = new HashSet<>(block.strings(OMIT, List.of()));
            Map<String, String> renamed = block.map(RENAME);
            checkNames(block, OMIT, omitted);
            checkNames(block, RENAME, renamed.keySet());
            checkNames(block, RENAME, Set.copyOf(renamed.values()));
            for (String field : renamed.keySet()) {
                if (omitted.contains(field)) {
                    block.fault(
                            RENAME, "must not name \"" + field + "\", which omit leaves out; take out one of the two");
                }
            }
            return new Rules(omitted, renamed);
        }

        private static void checkNames(ConfigBlock block, String key, Set<String> names) {
            for (String name : names) {
                if (FIXED.contains(name)) {
                    block.fault(key, "must not name \"" + name + "\": every request needs it under this name");
                } else if (name.isBlank()) {
                    block.fault(key, "must not hold a blank name");
                }
            }
        }

        /** These rules and those of a model, which win. */
        private Rules with(Rules more) {
            Set<String> omit = new HashSet<>(omitted);
            omit.removeAll(more.renamed.keySet());
            omit.addAll(more.omitted);
            Map<String, String> rename = new HashMap<>(renamed);
            rename.putAll(more.renamed);
            return new Rules(omit, rename);
        }

        boolean isEmpty() {
            return omitted.isEmpty() && renamed.isEmpty();
        }

        /**
         * The fields as they are sent. Where a renamed field meets another one of its new name, the field that has the
         * name by itself is sent, unless the renamed one is the request's own and the other one is not. Of two that get
         * one new name the first is sent.
         *
         * @param fields in their order, by the names they have without rules
         * @param own the names of those that the request itself brings
         */
        Map<String, Object> apply(Map<String, Object> fields, Set<String> own) {
            Map<String, Object> sent = new LinkedHashMap<>();
            fields.forEach((name, value) -> {
                String as = renamed.getOrDefault(name, name);
                if (!omitted.contains(name) && !yields(name, as, fields, own)) {
                    sent.putIfAbsent(as, value);
                }
            });
            return sent;
        }

        /** Whether another field has a better right to the name. */
        private boolean yields(String name, String as, Map<String, Object> fields, Set<String> own) {
            if (!as.equals(name)) {
                return keepsName(as, fields) && (own.contains(as) || !own.contains(name));
            }
            if (own.contains(name)) {
                return false;
            }
            for (String other : fields.keySet()) {
                if (!other.equals(name)
                        && name.equals(renamed.get(other))
                        && !omitted.contains(other)
                        && own.contains(other)) {
                    return true;
                }
            }
            return false;
        }

        private boolean keepsName(String name, Map<String, Object> fields) {
            return fields.containsKey(name)
                    && !omitted.contains(name)
                    && renamed.getOrDefault(name, name).equals(name);
        }
    }
}
