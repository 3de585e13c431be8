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
 * The {@code request} block, which lists request body fields to omit or rename because the server rejects them.
 *
 * @param all the rules for every model
 * @param single the rules for single models, by the model name that is sent; they include the rules for every model
 */
record FieldRules(Rules all, Map<String, Rules> single) {

    /** Fields that every request needs and that have the same names on all servers. */
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
            own.refuseUnread();
        }
        block.refuseUnread();
        return new FieldRules(all, single);
    }

    Rules of(String model) {
        return single.getOrDefault(model, all);
    }

    /**
     * The rules for one model. Each rule identifies a field by its original name.
     *
     * @param omitted the fields to omit
     * @param renamed the new names of fields, by their original names
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
                            RENAME, "must not rename \"" + field + "\", which is also in omit; remove one of the two");
                }
            }
            return new Rules(omitted, renamed);
        }

        private static void checkNames(ConfigBlock block, String key, Set<String> names) {
            for (String name : names) {
                if (FIXED.contains(name)) {
                    block.fault(key, "must not name \"" + name + "\": every request needs it under this name");
                } else if (name.isBlank()) {
                    block.fault(key, "must not contain a blank name");
                }
            }
        }

        /** Returns these rules combined with the rules for a single model, which take precedence. */
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
         * Returns the fields to send. If the new name of a field is the original name of another field, the other field
         * is sent, unless the request itself sets only the renamed field. If two fields have the same new name, the
         * first one is sent.
         *
         * @param fields the fields in order, by their original names
         * @param own the names of the fields that the request itself sets
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

        /** Whether another field is sent under the name {@code as} instead of this field. */
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
