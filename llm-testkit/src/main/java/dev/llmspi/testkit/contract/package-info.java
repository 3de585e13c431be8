/**
 * What every provider keeps to, as tests to inherit. Extend {@link dev.llmspi.testkit.contract.OpenAiWireContract} for a server that
 * speaks OpenAI's protocol, {@link dev.llmspi.testkit.contract.HttpProviderContract} for one with a protocol of its own, and
 * {@link dev.llmspi.testkit.contract.LlmProviderContract} for a provider without a wire. No key and no network is needed: the provider
 * talks to a {@link dev.llmspi.testkit.FakeLlmServer}.
 *
 * <pre>{@code
 * class AcmeContractTest extends OpenAiWireContract {
 *     protected LlmProviderFactory factory() {
 *         return new AcmeProviderFactory();
 *     }
 * }
 * }</pre>
 *
 * <p>Each rule has a number and says in words what holds. A rule that a provider gives no means to try is skipped and says what is
 * missing; so is one that cannot be tried because an earlier rule is broken: what fails is what is wrong.
 */
@NullMarked
package dev.llmspi.testkit.contract;

import org.jspecify.annotations.NullMarked;
