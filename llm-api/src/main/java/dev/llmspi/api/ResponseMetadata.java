package dev.llmspi.api;

/** The names of what {@link ChatResponse#metadata()} may hold. A provider may add names of its own. */
public final class ResponseMetadata {

    /** The company behind a gateway that ran the model, such as {@code Amazon Bedrock}. */
    public static final String UPSTREAM_PROVIDER = "upstream_provider";

    /** The id under which the provider keeps the generation. */
    public static final String GENERATION_ID = "generation_id";

    /** The upstream's own word for why the model stopped. */
    public static final String NATIVE_FINISH_REASON = "native_finish_reason";

    /** Whether the call ran on a key of one's own at the upstream. */
    public static final String IS_BYOK = "is_byok";

    /** What made up the cost, as the provider lists it. */
    public static final String COST_DETAILS = "cost_details";

    /** The service tier that was served. */
    public static final String SERVICE_TIER = "service_tier";

    /** What the provider's response cache said, such as {@code HIT}. */
    public static final String CACHE_STATUS = "cache_status";

    /** The trace the provider filed the call under. */
    public static final String TRACE_ID = "trace_id";

    /** Which target of a gateway's own configuration answered. */
    public static final String OPTION_INDEX = "option_index";

    /** How often a gateway retried by itself; -1: it gave up. */
    public static final String GATEWAY_RETRIES = "gateway_retries";

    /** What a gateway's guardrails found. */
    public static final String GUARDRAILS = "guardrails";

    /** A model's refusal, in its own words. */
    public static final String REFUSAL = "refusal";

    private ResponseMetadata() {}
}
