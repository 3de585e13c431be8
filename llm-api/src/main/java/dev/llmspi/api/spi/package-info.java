/**
 * The service provider interface. A provider jar contains a {@link dev.llmspi.api.spi.LlmProviderFactory}, which
 * {@link java.util.ServiceLoader} finds and which creates providers from a {@link dev.llmspi.api.spi.ProviderConfig}.
 *
 * <p>A jar registers its factory twice: with {@code provides … with …} in its module descriptor, for the
 * module path, and in a file {@code META-INF/services/dev.llmspi.api.spi.LlmProviderFactory}, for the class path.
 */
@NullMarked
package dev.llmspi.api.spi;

import org.jspecify.annotations.NullMarked;
