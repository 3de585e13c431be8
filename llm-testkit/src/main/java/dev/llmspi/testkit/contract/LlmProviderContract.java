package dev.llmspi.testkit.contract;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/**
 * The rules that every {@link dev.llmspi.api.LlmProvider} must follow, as nested test classes with numbered tests. The
 * contract requires JUnit Jupiter 5.12 or newer.
 *
 * <p>For a provider that uses HTTP, extend {@link HttpProviderContract}, which implements {@link #bench} and can test
 * all rules. For other providers, such as a decorator or a fake, extend this class; the rules about HTTP are then
 * skipped.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class LlmProviderContract {

    private @Nullable ContractBench opened;
    private @Nullable Throwable failure;

    protected LlmProviderContract() {}

    /** Creates a bench with a new provider for one rule. */
    protected abstract ContractBench bench() throws Exception;

    /**
     * Returns the bench of the current rule, or skips the rule if the bench cannot be created. Another rule reports
     * that problem.
     */
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
                        "the provider could not be created and initialized, see rules 2.1 and 8.1: " + failure);
    }

    /** Closes the bench of the current rule. A separate rule tests that closing works. */
    @AfterEach
    public final void closeBench() {
        ContractBench used = opened;
        opened = null;
        failure = null;
        if (used != null) {
            try {
                used.close();
            } catch (RuntimeException e) {
                // ignored, because rule 8.2 tests closing
            }
        }
    }

    /** Rules for names, types and service registration. */
    @Nested
    @DisplayName("1 Identity")
    public class Identity extends IdentityRules {
        public Identity() {
            super(LlmProviderContract.this);
        }
    }

    /** Rules for creating a provider from its configuration. */
    @Nested
    @DisplayName("2 Config")
    public class Config extends ConfigRules {
        public Config() {
            super(LlmProviderContract.this);
        }
    }

    /** Rules for requests and complete answers. */
    @Nested
    @DisplayName("3 Chat")
    public class Chat extends ChatRules {
        public Chat() {
            super(LlmProviderContract.this);
        }
    }

    /** Rules for tool calls, both complete and streamed. */
    @Nested
    @DisplayName("4 Tools")
    public class Tools extends ToolRules {
        public Tools() {
            super(LlmProviderContract.this);
        }
    }

    /** Rules for streamed answers, including broken streams. */
    @Nested
    @DisplayName("5 Streaming")
    public class Streaming extends StreamRules {
        public Streaming() {
            super(LlmProviderContract.this);
        }
    }

    /** Rules for the errors to which failures are mapped. */
    @Nested
    @DisplayName("6 Errors")
    public class Errors extends ErrorMappingRules {
        public Errors() {
            super(LlmProviderContract.this);
        }
    }

    /** Rules for cancelled calls. */
    @Nested
    @DisplayName("7 Cancellation")
    public class Cancellation extends CancellationRules {
        public Cancellation() {
            super(LlmProviderContract.this);
        }
    }

    /** Rules for initialization and closing. */
    @Nested
    @DisplayName("8 Lifecycle")
    public class Lifecycle extends LifecycleRules {
        public Lifecycle() {
            super(LlmProviderContract.this);
        }
    }

    /** Rules for secrets: keys are sent to the server and appear nowhere else. */
    @Nested
    @DisplayName("9 Secrets")
    public class Secrets extends SecretRules {
        public Secrets() {
            super(LlmProviderContract.this);
        }
    }

    /** Rules for concurrent calls. */
    @Nested
    @DisplayName("10 Threads")
    public class Threads extends ThreadRules {
        public Threads() {
            super(LlmProviderContract.this);
        }
    }
}
