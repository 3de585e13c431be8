/**
 * Fakes for tests of code that calls language models: {@link dev.llmspi.testkit.ScriptedProvider} replaces a provider,
 * {@link dev.llmspi.testkit.ManualTimeSource} replaces the clock, and {@link dev.llmspi.testkit.RecordingListener}
 * records events. None of these three sleeps, starts a thread or opens a connection.
 * {@link dev.llmspi.testkit.FakeLlmServer} replaces the server of a real provider with one on the loopback interface,
 * so that a test also covers the configuration and the wire format. All of these classes are thread-safe.
 */
@NullMarked
package dev.llmspi.testkit;

import org.jspecify.annotations.NullMarked;
