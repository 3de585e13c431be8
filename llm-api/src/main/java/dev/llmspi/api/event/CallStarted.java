package dev.llmspi.api.event;

/** Reports that a call has started. */
public record CallStarted(CallInfo call) {}
