package dev.llmspi.api.event;

/** Reports that an attempt is about to call a provider. */
public record AttemptStarted(CallInfo call, AttemptInfo attempt) {}
