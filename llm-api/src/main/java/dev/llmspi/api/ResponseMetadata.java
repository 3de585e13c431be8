package dev.llmspi.api;

/** The names of entries in {@link ChatResponse#metadata()}. Providers may add entries with other names. */
public final class ResponseMetadata {

    /** The company that ran the model behind a gateway, such as {@code Amazon Bedrock}. */
    public static final String UPSTREAM_PROVIDER = "upstream_provider";

    /** The provider's ID for the generation. */
    public static final String GENERATION_ID = "generation_id";

    /** The finish reason in the upstream provider's own words. */
    public static final String NATIVE_FINISH_REASON = "native_finish_reason";

    /** Whether the call used the customer's own API key at the upstream provider. */
    public static final String IS_BYOK = "is_byok";

    /** The components of the cost, as reported by the provider. */
    public static final String COST_DETAILS = "cost_details";

    /** The service tier that served the request. */
    public static final String SERVICE_TIER = "service_tier";

    /** The status of the provider's response cache, such as {@code HIT}. */
    public static final String CACHE_STATUS = "cache_status";

    /** The trace ID under which the provider recorded the call. */
    public static final String TRACE_ID = "trace_id";

    /** The target that answered, as identified in the gateway's own configuration. */
    public static final String OPTION_INDEX = "option_index";

    /** The number of retries that a gateway made; -1 if it gave up. */
    public static final String GATEWAY_RETRIES = "gateway_retries";

    /** The results of a gateway's guardrail checks. */
    public static final String GUARDRAILS = "guardrails";

    /** The text of the model's refusal, in its own words. */
    public static final String REFUSAL = "refusal";

    private ResponseMetadata() {}
}
