/**
 * A contract for providers, in the form of test classes to extend. Extend
 * {@link dev.llmspi.testkit.contract.OpenAiWireContract} for a server that uses OpenAI's protocol,
 * {@link dev.llmspi.testkit.contract.HttpProviderContract} for another protocol over HTTP, and
 * {@link dev.llmspi.testkit.contract.LlmProviderContract} for a provider that does not use HTTP. The tests need no key
 * and no network, because the provider connects to a {@link dev.llmspi.testkit.FakeLlmServer}.
 *
 * <pre>{@code
 * class AcmeContractTest extends OpenAiWireContract {
 *     protected LlmProviderFactory factory() {
 *         return new AcmeProviderFactory();
 *     }
 * }
 * }</pre>
 *
 * <p>Each rule has a number and a description. A rule is skipped, with a reason, if the test class does not provide the
 * data that the rule needs, or if the rule depends on an earlier one that fails. Therefore only the rules that are
 * actually broken fail.
 */
@NullMarked
package dev.llmspi.testkit.contract;

import org.jspecify.annotations.NullMarked;
