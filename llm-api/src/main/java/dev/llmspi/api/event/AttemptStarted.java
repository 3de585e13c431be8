package dev.llmspi.api.event;

/** A provider is about to be called. */
public record AttemptStarted(CallInfo call, AttemptInfo attempt) {}
