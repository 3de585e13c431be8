package dev.llmspi.examples.cli;

import dev.llmspi.core.CallOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The command-line options that determine which links a call uses. */
public final class RoutingOptions {

    @ArgGroup
    public @Nullable Target target;

    @Option(
            names = "--agent",
            order = 20,
            paramLabel = "NAME",
            description = "Use the settings of this agent, and label the call with it.")
    public @Nullable String agent;

    @Option(names = "--mode", order = 21, paramLabel = "NAME", description = "Use this mode from the settings.")
    public @Nullable String mode;

    @Option(
            names = {"-m", "--model"},
            order = 22,
            paramLabel = "M",
            description = "A model name, or an alias from the settings. Default: the model from the settings.")
    public @Nullable String model;

    public RoutingOptions() {}

    /** The options that select either a chain or a provider. They are mutually exclusive. */
    public static final class Target {
        @Option(
                names = "--chain",
                order = 10,
                paramLabel = "NAME",
                required = true,
                description = "Use this chain from the settings. Default: the chain named default.")
        public @Nullable String chain;

        @Option(
                names = "--provider",
                order = 11,
                paramLabel = "NAME",
                required = true,
                description = "Use only this provider, without fallback.")
        public @Nullable String provider;

        public Target() {}
    }

    CallOptions.Builder options() {
        CallOptions.Builder options = CallOptions.builder();
        if (target != null && target.chain != null) {
            options.chain(target.chain);
        }
        if (target != null && target.provider != null) {
            options.provider(target.provider);
        }
        if (agent != null) {
            options.agent(agent);
        }
        if (mode != null) {
            options.mode(mode);
        }
        return options;
    }
}
