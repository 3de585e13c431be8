/**
 * Fakes of the things a call depends on: {@link dev.llmspi.testkit.ScriptedProvider} instead of a provider,
 * {@link dev.llmspi.testkit.ManualTimeSource} instead of the clock, and {@link dev.llmspi.testkit.RecordingListener} to see
 * what happened; none of these sleeps, starts a thread or opens a connection. {@link dev.llmspi.testkit.FakeLlmServer} stands for the
 * server behind a real provider, on loopback, where the configuration and the wire are to be tested too. All are safe for use by many
 * threads.
 */
@NullMarked
package dev.llmspi.testkit;

import org.jspecify.annotations.NullMarked;
