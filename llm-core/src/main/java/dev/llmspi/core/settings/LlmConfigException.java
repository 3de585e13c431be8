package dev.llmspi.core.settings;

import dev.llmspi.api.spi.ConfigFault;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration is wrong, or a call names a chain, mode or provider that is not configured. Lists all faults at once. It
 * is no error of a provider and so no {@code LlmException}.
 */
public final class LlmConfigException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final transient List<ConfigFault> faults;

    public LlmConfigException(List<ConfigFault> faults) {
        super(text(faults));
        this.faults = List.copyOf(faults);
    }

    /** One fault. */
    public LlmConfigException(String path, String text) {
        this(List.of(new ConfigFault(path, "", text)));
    }

    /** Everything that is wrong, in the order of the configuration; empty after serialization. */
    public List<ConfigFault> faults() {
        return faults == null ? List.of() : faults;
    }

    private static String text(List<ConfigFault> faults) {
        if (faults.size() == 1) {
            return faults.get(0).toString();
        }
        return faults.size() + " faults in the configuration:\n"
                + faults.stream().map(fault -> "  - " + fault).collect(Collectors.joining("\n"));
    }
}
