package dev.llmspi.core.settings;

import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.core.config.ConfigTree;
import dev.llmspi.core.config.Hocon;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables that are read. A blank value counts as not set. Each variable sets one path, except that
 * the variables of OpenAI complete every configured block of that type.
 */
final class EnvironmentVariables {

    private enum Form {
        TEXT,
        SECONDS_OR_DURATION,
        JSON_OBJECT,
        AGENT_MODELS
    }

    private record Variable(String path, Form form) {}

    private static final String PROVIDERS = "llm.providers.";
    private static final String OPENAI = "openai";
    private static final String OPENAI_ADDRESS = "https://api.openai.com/";
    private static final String API_KEY = "api-key";
    private static final String BASE_URL = "base-url";

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
        put("OPENAI_API_KEY", PROVIDERS + OPENAI + "." + API_KEY, Form.TEXT);
        put("OPENAI_BASE_URL", PROVIDERS + OPENAI + "." + BASE_URL, Form.TEXT);
    }

    private EnvironmentVariables() {}

    private static void put(String name, String path, Form form) {
        ALL.put(name, new Variable(path, form));
    }

    /**
     * Describes how to set a path. The text names the path and its variable if the variable would have an effect. If
     * provider blocks are configured, variables only affect these blocks and the providers that a chain names.
     */
    static String howToSet(String path, LlmSettings settings) {
        boolean effective = !path.startsWith(PROVIDERS) || !settings.providersConfigured();
        for (String name : settings.providers().keySet()) {
            effective |= path.startsWith(PROVIDERS + name + ".");
        }
        for (List<LinkSettings> chain : settings.chains().values()) {
            for (LinkSettings link : chain) {
                effective |= path.startsWith(PROVIDERS + link.provider() + ".");
            }
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
            if (isQuoted(text)) {
                faults.add(new ConfigFault(
                        variable.path,
                        origin,
                        "is in quotation marks, which are part of the value; remove them (docker --env-file"
                                + " does not)"));
                text = text.substring(1, text.length() - 1);
            }
            try {
                tree.put(Hocon.keys(variable.path), value(text, variable.form, origin), origin);
            } catch (Hocon.ReadException e) {
                faults.add(
                        new ConfigFault(variable.path, origin, "must be a JSON object, such as {\"name\": \"value\"}"));
            }
        });
        return tree;
    }

    private static boolean isQuoted(String text) {
        char first = text.charAt(0);
        return text.length() > 1 && (first == '"' || first == '\'') && text.charAt(text.length() - 1) == first;
    }

    /**
     * Completes the configured blocks of type openai that are links. The key and the address in the variables belong
     * together: a key of the block is never sent to the address in the variable, and the key in the variable is never
     * sent to another address.
     */
    static void completeOpenAi(ConfigTree variables, Map<String, Object> blocks, Predicate<String> isLink) {
        Map<String, Object> found = variables.object("llm", "providers");
        if (!found.containsKey(OPENAI)) {
            return;
        }
        Map<String, Object> openAi = Map.copyOf(variables.object("llm", "providers", OPENAI));
        if (blocks.containsKey(OPENAI)) {
            found.remove(OPENAI);
        }
        blocks.forEach((name, block) -> {
            if (isLink.test(name)
                    && block instanceof Map<?, ?> own
                    && OPENAI.equals(isSet(own.get("type")) ? own.get("type") : name)) {
                complete(variables, name, own, openAi);
            }
        });
    }

    /**
     * Whether a fault in a variable concerns the client, because the variable is used. Other programs share some of the
     * variables.
     *
     * @param used tests whether a provider is configured or named by the settings
     */
    static boolean concerns(ConfigFault fault, ConfigTree variables, Predicate<String> used, boolean anyConfigured) {
        if (!fault.path().startsWith(PROVIDERS)) {
            return true;
        }
        String name = fault.path().substring(PROVIDERS.length()).replaceFirst("\\..*", "");
        boolean completesBlocks = variables.origins().entrySet().stream()
                .anyMatch(value -> value.getValue().equals(fault.origin())
                        && !value.getKey().equals(fault.path()));
        return used.test(name) || (name.equals(OPENAI) ? completesBlocks : !anyConfigured);
    }

    private static void complete(ConfigTree variables, String name, Map<?, ?> own, Map<String, Object> openAi) {
        Object key = own.get(API_KEY);
        Object url = own.get(BASE_URL);
        Object sharedKey = openAi.get(API_KEY);
        Object sharedUrl = openAi.get(BASE_URL);
        boolean sameUrl = sharedUrl == null
                ? (url + "/").startsWith(OPENAI_ADDRESS) // with the slash, so that no longer host matches
                : sharedUrl.equals(url);
        List<String> block = List.of("llm", "providers", name);
        if (sharedKey != null && !isSet(key) && (!isSet(url) || sameUrl)) {
            variables.put(block, Map.of(API_KEY, sharedKey), "environment variable OPENAI_API_KEY");
        }
        if (sharedUrl != null && !isSet(url) && (!isSet(key) || Objects.equals(key, sharedKey))) {
            variables.put(block, Map.of(BASE_URL, sharedUrl), "environment variable OPENAI_BASE_URL");
        }
    }

    private static boolean isSet(@Nullable Object value) {
        return value != null && !value.toString().isBlank();
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
