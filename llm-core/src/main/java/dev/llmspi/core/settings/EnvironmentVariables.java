package dev.llmspi.core.settings;

import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.config.ConfigTree;
import dev.llmspi.core.config.Hocon;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The environment variables that are read. Each variable sets exactly one path, and a blank value counts as not set.
 */
final class EnvironmentVariables {

    private enum Form {
        TEXT,
        SECONDS_OR_DURATION,
        JSON_OBJECT,
        AGENT_MODELS
    }

    private record Variable(String path, Form form) {}

    private static final Map<String, Variable> ALL = new LinkedHashMap<>();

    static {
        put("PREFERRED_LLM_PROVIDER", "llm.preferred-provider", Form.TEXT);
        put("OPENROUTER_API_KEY", "llm.providers.openrouter.api-key", Form.TEXT);
        put("PORTKEY_API_KEY", "llm.providers.portkey.api-key", Form.TEXT);
        put("OPENROUTER_DEFAULT_MODEL", "llm.providers.openrouter.default-model", Form.TEXT);
        put("PORTKEY_DEFAULT_MODEL", "llm.providers.portkey.default-model", Form.TEXT);
        put("OPENROUTER_BASE_URL", "llm.providers.openrouter.base-url", Form.TEXT);
        put("LLM_REQUEST_TIMEOUT", "llm.timeouts.attempt", Form.SECONDS_OR_DURATION);
        put("LLM_MAX_RETRIES", "llm.retry.max-retries", Form.TEXT);
        put("LLM_RETRY_DELAY", "llm.retry.delay", Form.SECONDS_OR_DURATION);
        put("LLM_RETRY_MAX_DELAY", "llm.retry.max-delay", Form.SECONDS_OR_DURATION);
        put("LLM_RETRYABLE_ERRORS", "llm.retry.on", Form.TEXT);
        put("AGENT_MODEL_MAP", "llm.providers.openrouter.agents", Form.AGENT_MODELS);
        put("OPENROUTER_HEADERS", "llm.providers.openrouter.headers", Form.JSON_OBJECT);
        put("PORTKEY_CONFIG_ID", "llm.providers.portkey.config-id", Form.TEXT);
        put("PORTKEY_VIRTUAL_KEY", "llm.providers.portkey.virtual-key", Form.TEXT);
        put("PORTKEY_PROVIDER", "llm.providers.portkey.provider", Form.TEXT);
        put("PORTKEY_BASE_URL", "llm.providers.portkey.base-url", Form.TEXT);
        put("TRACE_ID", "llm.providers.portkey.trace-id", Form.TEXT);
    }

    private EnvironmentVariables() {}

    private static void put(String name, String path, Form form) {
        ALL.put(name, new Variable(path, form));
    }

    /**
     * Describes how to set a path. The text names the path and its variable if the variable would have an effect. If
     * provider blocks are configured, variables only affect those providers.
     */
    static String howToSet(String path, boolean providersConfigured, Set<String> blocks) {
        boolean effective = !providersConfigured || !path.startsWith("llm.providers.");
        for (String block : blocks) {
            effective |= path.startsWith("llm.providers." + block + ".");
        }
        for (Map.Entry<String, Variable> variable : ALL.entrySet()) {
            if (effective && variable.getValue().path().equals(path)) {
                return variable.getKey() + " or " + path;
            }
        }
        return path;
    }

    /** Builds a configuration layer from the variables. Faults name the variable but never contain its value. */
    static ConfigTree layer(Map<String, String> environment, List<ConfigFault> faults) {
        ConfigTree tree = ConfigTree.empty();
        ALL.forEach((name, variable) -> {
            String text = environment.getOrDefault(name, "").strip();
            if (text.isEmpty()) {
                return;
            }
            String origin = "environment variable " + name;
            try {
                tree.put(Hocon.keys(variable.path), value(text, variable.form, origin), origin);
            } catch (Hocon.ReadException e) {
                faults.add(
                        new ConfigFault(variable.path, origin, "must be a JSON object, such as {\"name\": \"value\"}"));
            }
        });
        return tree;
    }

    private static Object value(String text, Form form, String origin) {
        return switch (form) {
            case TEXT -> text;
            case SECONDS_OR_DURATION -> text.matches("\\d+(\\.\\d+)?") ? text + "s" : text;
            case JSON_OBJECT -> Hocon.json(text, origin);
            case AGENT_MODELS -> {
                Map<String, Object> agents = new LinkedHashMap<>();
                Hocon.json(text, origin).forEach((agent, model) -> {
                    // A blank entry counts as not set, just like a blank variable.
                    if (model != null && !model.toString().isBlank()) {
                        agents.put(agent, Map.of("model", model));
                    }
                });
                yield agents;
            }
        };
    }
}
