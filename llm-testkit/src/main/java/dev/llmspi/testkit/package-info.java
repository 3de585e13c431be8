/**
 * Fakes of the things a call depends on: {@link dev.llmspi.testkit.ScriptedProvider} instead of a provider,
 * {@link dev.llmspi.testkit.ManualTimeSource} instead of the clock, and {@link dev.llmspi.testkit.RecordingListener} to see
 * what happened. All are safe for use by many threads; none of them sleeps, starts a thread or opens a connection.
 */
@NullMarked
package dev.llmspi.testkit;

import org.jspecify.annotations.NullMarked;
