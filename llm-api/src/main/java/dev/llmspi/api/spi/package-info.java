/**
 * What a provider jar offers: a {@link dev.llmspi.api.spi.LlmProviderFactory}, found by
 * {@link java.util.ServiceLoader}, that makes providers from a {@link dev.llmspi.api.spi.ProviderConfig}.
 *
 * <p>A jar registers its factory twice: {@code provides … with …} in its module descriptor, for the module path, and a file
 * {@code META-INF/services/dev.llmspi.api.spi.LlmProviderFactory}, for the class path.
 */
@NullMarked
package dev.llmspi.api.spi;

import org.jspecify.annotations.NullMarked;
