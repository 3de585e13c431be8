package dev.llmspi.testkit.contract;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link dev.llmspi.api.LlmProvider} keeps to, as tests to inherit: nested groups of rules, each with a number. For JUnit
 * Jupiter 5.12 and newer.
 *
 * <p>A provider that is reached over HTTP extends {@link HttpProviderContract}, which answers {@link #bench} and can try all rules.
 * One without a wire, such as a decorator or a fake, extends this class; rules about the wire are skipped then.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class LlmProviderContract {

    private @Nullable ContractBench opened;
    private @Nullable Throwable failure;

    protected LlmProviderContract() {}

    /** Makes the provider anew, for one rule. */
    protected abstract ContractBench bench() throws Exception;

    /** The bench of this rule; skips the rule if there cannot be one, as another rule tells. */
    final ContractBench opened() {
        if (opened == null && failure == null) {
            try {
                opened = bench();
            } catch (Exception | LinkageError e) {
                failure = e;
            }
        }
        return opened != null
                ? opened
                : Assumptions.abort(
                        "the provider could not be made and initialized: rules 2.1 and 8.1 tell why; " + failure);
    }

    /** Closes what the rule used. That closing works is a rule of its own. */
    @AfterEach
    public final void closeBench() {
        ContractBench used = opened;
        opened = null;
        failure = null;
        if (used != null) {
            try {
                used.close();
            } catch (RuntimeException e) {
                // rule 8.2
            }
        }
    }

    /** Names, types, and how the provider is found. */
    @Nested
    @DisplayName("1 Identity")
    public class Identity extends IdentityRules {
        public Identity() {
            super(LlmProviderContract.this);
        }
    }

    /** How a block of configuration becomes a provider. */
    @Nested
    @DisplayName("2 Config")
    public class Config extends ConfigRules {
        public Config() {
            super(LlmProviderContract.this);
        }
    }

    /** Whole answers, and what is sent for them. */
    @Nested
    @DisplayName("3 Chat")
    public class Chat extends ChatRules {
        public Chat() {
            super(LlmProviderContract.this);
        }
    }

    /** Tool calls, whole and in pieces. */
    @Nested
    @DisplayName("4 Tools")
    public class Tools extends ToolRules {
        public Tools() {
            super(LlmProviderContract.this);
        }
    }

    /** Answers as they are written, and streams that break. */
    @Nested
    @DisplayName("5 Streaming")
    public class Streaming extends StreamRules {
        public Streaming() {
            super(LlmProviderContract.this);
        }
    }

    /** What becomes of everything that goes wrong. */
    @Nested
    @DisplayName("6 Errors")
    public class Errors extends ErrorRules {
        public Errors() {
            super(LlmProviderContract.this);
        }
    }

    /** Calls that are ended early. */
    @Nested
    @DisplayName("7 Cancellation")
    public class Cancellation extends CancellationRules {
        public Cancellation() {
            super(LlmProviderContract.this);
        }
    }

    /** Beginning and end of a provider. */
    @Nested
    @DisplayName("8 Lifecycle")
    public class Lifecycle extends LifecycleRules {
        public Lifecycle() {
            super(LlmProviderContract.this);
        }
    }

    /** Keys go on the wire and nowhere else. */
    @Nested
    @DisplayName("9 Secrets")
    public class Secrets extends SecretRules {
        public Secrets() {
            super(LlmProviderContract.this);
        }
    }

    /** Many calls at the same time. */
    @Nested
    @DisplayName("10 Threads")
    public class Threads extends ThreadRules {
        public Threads() {
            super(LlmProviderContract.this);
        }
    }
}
