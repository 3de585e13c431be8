package dev.llmspi.api.event;

/** A call begins. */
public record CallStarted(CallInfo call) {}
