package dev.llmspi.core.settings;

import dev.llmspi.api.spi.ConfigFault;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown if the configuration is invalid, or if a call names a chain, mode or provider that does not exist. It lists
 * all faults. It is not an {@code LlmException}, because no provider has failed.
 */
public final class LlmConfigException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final transient List<ConfigFault> faults;

    /** Creates an exception with several faults. */
    public LlmConfigException(List<ConfigFault> faults) {
        super(text(faults));
        this.faults = List.copyOf(faults);
    }

    /** Creates an exception with one fault whose origin is unknown. */
    public LlmConfigException(String path, String text) {
        this(List.of(new ConfigFault(path, "", text)));
    }

    /** All faults in the order of the configuration. The list is empty after deserialization. */
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
